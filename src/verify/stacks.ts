import type { Position } from '../common/problem.ts';
import type { TemplateDiff } from '../template/difference/model.ts';
import type { ExaminedStack } from '../template/stacks/model.ts';
import { declaredStacks } from '../topology/from-template/declared.ts';
import { systemFromResources } from '../topology/from-template/system.ts';
import type { Origin } from '../topology/model.ts';
import { contextOf, runChecks } from './check.ts';
import type { Check, Context, Verdict } from './model.ts';

type More = Partial<Pick<Context, 'edges' | 'architectures'>> & {
  /** What deploying each stack would change, by its name. */
  readonly diffs?: ReadonlyMap<string, TemplateDiff>;
};

/** What checks look at, of stacks that are deployed together. */
export function contextOfStacks(stacks: readonly ExaminedStack[], { diffs, ...more }: More = {}): Context {
  const alone = stacks.length === 1;
  return contextOf(systemFromResources(declaredStacks(stacks)), {
    templates: stacks.map(({ name, template, problems, unanswered }) => {
      const diff = diffs?.get(name);
      return {
        ...(alone ? {} : { stack: name }),
        template: template.template,
        problems,
        unanswered,
        ...(diff ? { diff } : {}),
      };
    }),
    ...more,
  });
}

/** Runs checks over stacks; the edits of a fix are for the text of the stack that the finding's position is in. */
export function checkStacks(
  checks: readonly Check[],
  stacks: readonly ExaminedStack[],
  more: More = {},
): Verdict {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const stackOf = ({ stack }: Origin): ExaminedStack | undefined =>
    stack === undefined ? stacks[0] : byName.get(stack);
  return runChecks(
    checks,
    contextOfStacks(stacks, more),
    (origin): Position | undefined => stackOf(origin)?.positionOf(origin.path),
    (origin, path) => stackOf(origin)?.sourceOf(path) ?? path,
  );
}
