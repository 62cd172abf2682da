import type { ProblemCode, TemplateProblem } from '../../../template/problem.ts';
import type { Origin } from '../../../topology/model.ts';
import type { Context, Fix, Report } from '../../model.ts';
import { found } from '../../report.ts';

/** A mistake of a template's language, with the stack whose template it is in. */
export interface Mistake {
  readonly problem: TemplateProblem;
  readonly resource: string;
  readonly origin: Origin;
}

/** The mistakes of a kind that the templates have. */
export function* mistakes({ templates }: Context, code: ProblemCode): Iterable<Mistake> {
  for (const { stack, problems = [] } of templates)
    for (const problem of problems)
      if (problem.code === code)
        yield {
          problem,
          resource: String(problem.path[problem.path[0] === 'Resources' ? 1 : 0] ?? 'template'),
          origin: stack === undefined ? { path: problem.path } : { stack, path: problem.path },
        };
}

/** A finding for each mistake of a kind, with the fix that the template's own room knows. */
export function* reported(context: Context, code: ProblemCode): Iterable<Report> {
  for (const { problem, resource, origin } of mistakes(context, code)) {
    const fix = fixOf(problem);
    yield found(resource, origin, { message: plain(problem), ...(fix ? { fix } : {}) });
  }
}

/** What is wrong in plain words. */
export function plain({ says, message }: TemplateProblem): string {
  if (says !== undefined) return says;
  const text = message
    .replace(/^(Template (format )?error|Property validation failure): /, '')
    .replace(/\.$/, '');
  return /^[A-Z][a-z]/.test(text) && !text.startsWith('Fn::')
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}

function fixOf({ changes, fix }: TemplateProblem): Fix | undefined {
  const says = fix ?? (changes && changesInWords(changes));
  return says === undefined ? undefined : { says, edits: changes ?? [] };
}

function changesInWords(changes: NonNullable<TemplateProblem['changes']>): string {
  const [first] = changes;
  const key = first?.path.findLast((part) => typeof part === 'string') ?? '';
  if (first?.kind === 'remove') return `take ${key} out`;
  const value = JSON.stringify(first?.kind === 'set' ? first.value : undefined);
  return changes.length > 1 ? `write ${key}` : `write ${key}: ${value.replaceAll('"', "'")}`;
}
