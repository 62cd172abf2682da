import type { Position } from '../common/problem.ts';
import { targetStage } from './expose.ts';
import type { Dockerfile, Stage } from './model.ts';

export interface ForeignImage {
  readonly value: string;
  readonly position: Position;
}

/** What `RUN --mount=type=bind,from=…` names. */
export const mountSources = (flag: string): readonly string[] =>
  flag.split(',').flatMap((field) => /^from=(.+)$/.exec(field)?.[1] ?? []);

/** The images that a target is made from, by FROM, COPY --from and RUN --mount, in the order of the file; those with variables that `expand` leaves are left out. */
export function foreignImages(
  dockerfile: Dockerfile,
  target?: string,
  expand: (word: string) => string = (word) => word,
): readonly ForeignImage[] {
  const images: ForeignImage[] = [];
  const seen = new Set<Stage>();
  visit(targetStage(dockerfile, target));
  return images.sort((a, b) => a.position.line - b.position.line);

  function visit(stage: Stage | undefined): void {
    if (!stage || seen.has(stage)) return;
    seen.add(stage);
    const earlier = dockerfile.stages.slice(0, dockerfile.stages.indexOf(stage));
    need(stage.from, stage.position, earlier);
    for (const { flags, position } of stage.instructions)
      for (const { name, value } of flags)
        if (value !== undefined)
          for (const from of name === 'from' ? [value] : name === 'mount' ? mountSources(value) : [])
            need(from, position, earlier);
  }

  function need(written: string, position: Position, earlier: readonly Stage[]): void {
    const name = expand(written);
    const stage =
      earlier.findLast(({ as }) => as === name.toLowerCase()) ??
      (/^\d+$/.test(name) ? earlier[Number(name)] : undefined);
    if (stage) visit(stage);
    else if (name !== '' && name !== 'scratch' && !name.includes('$')) images.push({ value: name, position });
  }
}
