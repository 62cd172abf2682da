import { readTemplate } from '../../template/read.ts';
import { pseudoParameters } from '../../template/scope.ts';
import { examineStacks } from '../../template/stacks/examine-stacks.ts';
import type { ExaminedStack } from '../../template/stacks/model.ts';
import { compareStacks } from '../../template/difference/compare.ts';
import type { Check, Context, Verdict } from '../model.ts';
import { checkStacks } from '../stacks.ts';

const pseudo = pseudoParameters({
  accountId: '123456789012',
  region: 'eu-west-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
});

/** Looks at a template's text as the command line does. */
export function examineText(text: string, supplied: Readonly<Record<string, string>> = {}): ExaminedStack {
  const template = readTemplate(text, 'template.yaml', supplied);
  const zones = (region: string) => ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `${region}${letter}`);
  return examineStacks([{ name: 'template', template, supplied, pseudo }], { zones })[0]!;
}

/** Checks a template's text as the command line does; `before` is the text of the template that is deployed. */
export function checkText(
  text: string,
  checks: readonly Check[],
  { before, ...more }: Partial<Pick<Context, 'edges' | 'architectures'>> & { readonly before?: string } = {},
): Verdict {
  const stack = examineText(text);
  const diffs =
    before === undefined ? undefined : new Map([[stack.name, compareStacks(examineText(before), stack)]]);
  return checkStacks(checks, [stack], { ...more, ...(diffs ? { diffs } : {}) });
}
