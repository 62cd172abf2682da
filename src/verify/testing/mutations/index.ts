import type { Template } from '../../../template/model.ts';
import type { Mutation } from './model.ts';
import { asJson, inLongForms, inShortForms } from './print.ts';
import { renamed } from './rename.ts';
import {
  inBranches,
  inMappings,
  inParameters,
  inSubstitutions,
  inVariables,
  inWholeBranches,
} from './values.ts';

export type { Mutation } from './model.ts';

const inOrder = (template: Template, order: (ids: readonly string[]) => readonly string[]): Template => ({
  ...template,
  Resources: Object.fromEntries(
    order(Object.keys(template.Resources)).flatMap((id) => {
      const resource = template.Resources[id];
      return resource ? [[id, resource]] : [];
    }),
  ),
});

/** The same disorder each time. */
function shuffled(ids: readonly string[]): readonly string[] {
  const weight = (id: string, index: number): number =>
    [...`${id}${index}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 10_007, 7);
  return ids
    .map((id, index) => ({ id, weight: weight(id, index) }))
    .toSorted((a, b) => a.weight - b.weight)
    .map(({ id }) => id);
}

/** Names that say nothing and sort otherwise. */
function opaque(template: Template): (id: string) => string {
  const ids = Object.keys(template.Resources);
  return (id) => (ids.includes(id) ? `R${String(ids.length - ids.indexOf(id)).padStart(3, '0')}` : id);
}

const rewritten = (name: string, change: (template: Template) => Template): Mutation => ({
  name,
  write: (template) => ({ text: inLongForms(change(template)) }),
});

/** Ways to write one system otherwise. */
export const mutations: readonly Mutation[] = [
  {
    name: 'other logical ids',
    write(template) {
      const nameOf = opaque(template);
      return { text: inLongForms(renamed(template, nameOf)), nameOf };
    },
  },
  rewritten('resources in reverse', (template) => inOrder(template, (ids) => ids.toReversed())),
  rewritten('resources shuffled', (template) => inOrder(template, shuffled)),
  { name: 'long forms', write: (template) => ({ text: inLongForms(template) }) },
  { name: 'short forms', write: (template) => ({ text: inShortForms(template) }) },
  { name: 'JSON', write: (template) => ({ text: asJson(template) }) },
  rewritten('values as parameters', inParameters),
  rewritten('values in a mapping', inMappings),
  rewritten('values below a condition', inBranches),
  rewritten('properties below a condition', inWholeBranches),
  rewritten('texts as Fn::Sub', inSubstitutions),
  rewritten('references as Fn::Sub', inVariables),
  {
    name: 'a clean copy beside it',
    write: (template, { clean }) => ({
      text: inLongForms(beside(template, renamed(clean, second, ['Parameters', 'Conditions', 'Mappings']))),
      copied: second,
    }),
  },
];

const second = (name: string): string => `Second${name}`;

/** Two systems in one template. */
function beside(one: Template, other: Template): Template {
  return {
    ...one,
    Resources: { ...one.Resources, ...other.Resources },
    ...both('Parameters', one, other),
    ...both('Mappings', one, other),
    ...both('Conditions', one, other),
  };
}

function both<K extends 'Parameters' | 'Mappings' | 'Conditions'>(
  key: K,
  one: Template,
  other: Template,
): Pick<Template, K> | undefined {
  return one[key] || other[key]
    ? ({ [key]: { ...one[key], ...other[key] } } as Pick<Template, K>)
    : undefined;
}
