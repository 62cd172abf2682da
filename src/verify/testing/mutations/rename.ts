import { subVariable } from '../../../template/intrinsics/text.ts';
import { isObject } from '../../../template/json.ts';
import type { Resource, Template } from '../../../template/model.ts';
import { intrinsicOf } from '../../../template/symbolic.ts';
import { rewrite } from './walk.ts';

type Section = 'Parameters' | 'Conditions' | 'Mappings';
type NameOf = (name: string) => string;

/** A template whose resources have other logical ids, everywhere where they are named; and what `sections` declare, too. */
export function renamed(template: Template, nameOf: NameOf, sections: readonly Section[] = []): Template {
  const own =
    (declared: object): NameOf =>
    (name) =>
      Object.hasOwn(declared, name) ? nameOf(name) : name;
  const inSection = (section: Section): NameOf =>
    own((sections.includes(section) && template[section]) || {});
  const names: Names = {
    reference: own({ ...template.Resources, ...(sections.includes('Parameters') && template.Parameters) }),
    condition: inSection('Conditions'),
    mapping: inSection('Mappings'),
  };
  const references = (value: unknown): unknown => rewrite(value, (node) => mention(node, names));
  const resource = ({ DependsOn, Condition, ...rest }: Resource): Resource => ({
    ...(references(rest) as Resource),
    ...(Condition === undefined ? {} : { Condition: names.condition(Condition) }),
    ...(DependsOn === undefined
      ? {}
      : {
          DependsOn: Array.isArray(DependsOn) ? DependsOn.map(names.reference) : names.reference(DependsOn),
        }),
  });
  const declared = <T>(section: Section, name: NameOf): Record<string, T> =>
    Object.fromEntries(
      Object.entries(template[section] ?? {}).map(([key, value]) => [name(key), references(value) as T]),
    );
  return {
    ...template,
    ...(template.Parameters ? { Parameters: declared('Parameters', inSection('Parameters')) } : {}),
    ...(template.Mappings ? { Mappings: declared('Mappings', names.mapping) } : {}),
    ...(template.Conditions ? { Conditions: declared('Conditions', names.condition) } : {}),
    Resources: Object.fromEntries(
      Object.entries(template.Resources).map(([id, one]) => [names.reference(id), resource(one)]),
    ),
    ...(template.Outputs ? { Outputs: references(template.Outputs) as Template['Outputs'] & {} } : {}),
  };
}

interface Names {
  readonly reference: NameOf;
  readonly condition: NameOf;
  readonly mapping: NameOf;
}

function mention(node: unknown, names: Names): unknown {
  const [name, argument] = intrinsicOf(node) ?? [];
  const below = (value: unknown): unknown => rewrite(value, (inner) => mention(inner, names));
  const list = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  const [first, ...rest] = list;
  switch (name) {
    case 'Ref':
      return { Ref: names.reference(String(argument)) };
    case 'Fn::GetAtt':
      return { [name]: [names.reference(String(first)), ...rest] };
    case 'Fn::If':
      return { [name]: [names.condition(String(first)), ...rest.map(below)] };
    case 'Fn::FindInMap':
      return {
        [name]: [typeof first === 'string' ? names.mapping(first) : below(first), ...rest.map(below)],
      };
    case 'Fn::Sub':
      return { [name]: substitution(String(first), rest[0], names, below) };
    default:
      return isObject(node) && typeof node['Condition'] === 'string' && Object.keys(node).length === 1
        ? { Condition: names.condition(node['Condition']) }
        : undefined;
  }
}

function substitution(
  text: string,
  map: unknown,
  { reference }: Names,
  below: (value: unknown) => unknown,
): unknown {
  const own = isObject(map) ? map : {};
  const changed = text.replace(subVariable, (whole, inner: string) => {
    const variable = inner.trim();
    if (variable.startsWith('!') || Object.hasOwn(own, variable)) return whole;
    const [id = '', ...attribute] = variable.split('.');
    return `\${${[reference(id), ...attribute].join('.')}}`;
  });
  return isObject(map) ? [changed, below(own)] : changed;
}
