import type { Template } from '../../../template/model.ts';
import { intrinsicOf } from '../../../template/symbolic.ts';
import { rewrite, rewriteLiterals, rewriteProperties } from './walk.ts';

type Literal = string | number | boolean;

/** A number for each value that is not seen before. */
function numbered(): { readonly of: (value: Literal) => number; readonly all: ReadonlyMap<string, Literal> } {
  const all = new Map<string, Literal>();
  const of = (value: Literal): number => {
    const key = JSON.stringify(value);
    if (!all.has(key)) all.set(key, value);
    return [...all.keys()].indexOf(key);
  };
  return { of, all };
}

/** Every literal value is the default of a parameter. */
export function inParameters(template: Template): Template {
  const values = numbered();
  const changed = rewriteLiterals(template, (value) => ({ Ref: `Given${values.of(value)}` }));
  const made = [...values.all.values()].map((value, index) => [
    `Given${index}`,
    typeof value === 'number'
      ? { Type: 'Number', Default: value }
      : { Type: 'String', Default: String(value) },
  ]);
  return { ...changed, Parameters: { ...template.Parameters, ...Object.fromEntries(made) } };
}

/** Every literal value is in a mapping. */
export function inMappings(template: Template): Template {
  const values = numbered();
  const changed = rewriteLiterals(template, (value) => ({
    'Fn::FindInMap': ['Literals', 'All', `V${values.of(value)}`],
  }));
  const made = [...values.all.values()].map((value, index) => [`V${index}`, value]);
  return { ...changed, Mappings: { ...template.Mappings, Literals: { All: Object.fromEntries(made) } } };
}

const conditions = { AlwaysSo: { 'Fn::Equals': ['a', 'a'] }, NeverSo: { 'Fn::Equals': ['a', 'b'] } };
const withConditions = (template: Template): Template => ({
  ...template,
  Conditions: { ...template.Conditions, ...conditions },
});

/** Every literal value is the branch of a condition that holds. */
export function inBranches(template: Template): Template {
  return withConditions(
    rewriteLiterals(template, (value) => ({ 'Fn::If': ['AlwaysSo', value, `not ${String(value)}`] })),
  );
}

/** Every property as a whole is the branch of a condition that does not exclude it, and the other branch is nothing. */
export function inWholeBranches(template: Template): Template {
  return withConditions(
    rewriteProperties(template, (properties) =>
      Object.fromEntries(
        Object.entries(properties as Readonly<Record<string, unknown>>).map(([key, value]) => [
          key,
          { 'Fn::If': ['NeverSo', { Ref: 'AWS::NoValue' }, value] },
        ]),
      ),
    ),
  );
}

/** Every text is written with `Fn::Sub`. */
export function inSubstitutions(template: Template): Template {
  return rewriteLiterals(template, (value) =>
    typeof value === 'string' ? { 'Fn::Sub': value.replaceAll('${', '${!') } : value,
  );
}

/** Every `Ref` and `Fn::GetAtt` of a resource is a variable of `Fn::Sub`. */
export function inVariables(template: Template): Template {
  return rewriteProperties(template, (properties) =>
    rewrite(properties, (node) => {
      const [name, argument] = intrinsicOf(node) ?? [];
      if (name === undefined) return undefined;
      const variable =
        name === 'Ref' ? argument : name === 'Fn::GetAtt' ? [argument].flat().join('.') : undefined;
      const id = String(variable).split('.')[0] ?? '';
      return variable !== undefined && Object.hasOwn(template.Resources, id)
        ? { 'Fn::Sub': `\${${String(variable)}}` }
        : node;
    }),
  );
}
