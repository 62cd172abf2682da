import type { Problem } from '../common/problem.ts';
import { compareText } from './naming.ts';

/** The last line of what can be answered for the author. */
export const BY_INIT = 'fairway init asks, and writes such lines';

/** What explains itself at length, and needs to only once: all but the last of a kind keep the first line of their fix. */
const EXPLAINED = new Set(['volume-undecided']);

/** In the order of the file, each once; what several have in common is said with the last of them. */
export function arranged(problems: readonly Problem[]): readonly Problem[] {
  const unique = [
    ...new Map(
      problems.map((problem) => [
        EXPLAINED.has(problem.code)
          ? `${problem.code} ${placeOf(problem)}`
          : `${problem.code} ${placeOf(problem)} ${problem.message}`,
        problem,
      ]),
    ).values(),
  ].sort(byPlace);
  return unique.map((problem, index) => {
    const later = unique.slice(index + 1);
    const lines = problem.fix?.split('\n') ?? [];
    const again = (line: string) => later.some(({ fix }) => fix?.endsWith(line));
    if (EXPLAINED.has(problem.code) && later.some(({ code }) => code === problem.code))
      return { ...problem, fix: undefined };
    return lines.at(-1) === BY_INIT && again(BY_INIT)
      ? { ...problem, fix: lines.slice(0, -1).join('\n') }
      : problem;
  });
}

const placeOf = ({ position }: Problem): string =>
  position ? `${position.file}:${position.line}:${position.column}` : '';

const byPlace = (a: Problem, b: Problem): number =>
  compareText(a.position?.file ?? '', b.position?.file ?? '') ||
  (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
  (a.position?.column ?? 0) - (b.position?.column ?? 0);
