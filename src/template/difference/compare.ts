import type { ExaminedStack } from '../stacks/model.ts';
import type { TemplateDiff } from './model.ts';

/** What bringing a stack from one template to another would change. */
export function compareStacks(_before: ExaminedStack, _after: ExaminedStack): TemplateDiff {
  return { resources: [], outputs: [], parameters: [] };
}
