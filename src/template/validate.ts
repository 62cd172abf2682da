import { InputError } from '../common/problem.ts';
import { isObject } from './json.ts';
import { nearest } from './nearest.ts';
import type { ParsedTemplate } from './parse.ts';
import type { Path } from './path.ts';
import type { Template } from './model.ts';
import type { Change, ProblemDetails, TemplateProblem } from './problem.ts';
import { referencesIn } from './references.ts';
import { pseudoNames } from './scope.ts';
import { resourceSchema } from './schema/schema.ts';
import { attributePair } from './yaml-node.ts';

/**
 * What can be said without any value: every type is known, every name that is mentioned is declared, every attribute exists.
 * @throws InputError with every problem
 */
export function validateReferences(parsed: ParsedTemplate): void {
  const problems = [...unknownTypes(parsed), ...referenceProblems(parsed)];
  if (problems.length > 0) throw new InputError(problems);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html */
function unknownTypes({ template, positionOf }: ParsedTemplate): TemplateProblem[] {
  const unknown = Object.entries(template.Resources).filter(([, { Type }]) => !resourceSchema(Type));
  if (unknown.length === 0) return [];
  const path = ['Resources', unknown[0]![0], 'Type'];
  const types = [...new Set(unknown.map(([, { Type }]) => Type))].join(', ');
  const message = `Template format error: Unrecognized resource types: [${types}]`;
  return [
    { code: 'property-value', path, message, position: positionOf(path), fix: 'Fairway does not enact them' },
  ];
}

/** Every name that is mentioned and leads nowhere, every attribute that a type does not have. */
export function referenceProblems({
  template,
  positionOf,
}: Pick<ParsedTemplate, 'template' | 'positionOf'>): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const report = (path: Path, message: string, fix: string | undefined, details: ProblemDetails): void => {
    const position = positionOf(path);
    problems.push({ code: 'reference-undefined', path, message, position, fix, ...details });
  };
  const { Resources, Parameters = {}, Conditions = {}, Outputs = {} } = template;
  const isResource = (name: string): boolean => Object.hasOwn(Resources, name);
  const anything = [...Object.keys(Parameters), ...Object.keys(Resources), ...pseudoNames];

  function check(node: unknown, path: Path, block: 'Resources' | 'Outputs'): void {
    for (const { kind, name, attribute, path: at } of referencesIn(node, path)) {
      if (kind === 'ref') {
        if (!isResource(name) && !Object.hasOwn(Parameters, name) && !pseudoNames.includes(name))
          report(
            at,
            unresolved(name, block),
            'name a parameter or a resource of this template',
            meant(name, anything, 'parameter or resource', at),
          );
      } else if (kind === 'condition') {
        if (!Object.hasOwn(Conditions, name))
          report(
            at,
            `Template error: unresolved condition dependency ${name} in Fn::If`,
            undefined,
            meant(name, Object.keys(Conditions), 'condition', at),
          );
      } else if (!isResource(name))
        report(
          at,
          `Template error: instance of Fn::GetAtt references undefined resource ${name}`,
          undefined,
          meant(name, Object.keys(Resources), 'resource', at),
        );
      else if (attribute !== undefined) checkAttribute(name, attribute, at);
    }
  }
  function checkAttribute(name: string, attribute: string, at: Path): void {
    const { Type } = Resources[name]!;
    const attributes = resourceSchema(Type)?.attributes;
    if (!attributes || Object.hasOwn(attributes, attribute) || openEnded(Type, attribute)) return;
    const near = nearest(attribute, Object.keys(attributes));
    const all = Object.keys(attributes).join(', ') || 'none';
    report(
      at,
      `Template error: resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`,
      `${Type} has ${all}`,
      {
        name: attribute,
        ...(near === undefined
          ? {}
          : { fix: `write ${name}.${near}`, changes: attributeRenamed(template, at, name, attribute, near) }),
        says: `${name} (${Type}) has no attribute ${attribute}${near ? `; the nearest is ${near}` : `: there are ${all}`}`,
      },
    );
  }
  for (const [id, { Properties, DependsOn, Condition }] of Object.entries(Resources)) {
    const path = ['Resources', id];
    check(Properties, [...path, 'Properties'], 'Resources');
    for (const name of [DependsOn ?? []].flat())
      if (!isResource(name))
        report(
          [...path, 'DependsOn'],
          unresolved(name, 'Resources'),
          'name a resource of this template',
          meant(name, Object.keys(Resources), 'resource', [...path, 'DependsOn']),
        );
    if (Condition !== undefined) checkCondition(Condition, path, 'Resources');
  }
  for (const [name, { Condition, ...output }] of Object.entries(Outputs)) {
    check(output, ['Outputs', name], 'Outputs');
    if (Condition !== undefined) checkCondition(Condition, ['Outputs', name], 'Outputs');
  }
  return problems;

  function checkCondition(name: string, path: Path, block: string): void {
    if (!Object.hasOwn(Conditions, name))
      report(
        [...path, 'Condition'],
        `Template format error: Unresolved condition dependency ${name} in the ${block} block of the template`,
        'name a condition of this template',
        meant(name, Object.keys(Conditions), 'condition', [...path, 'Condition']),
      );
  }

  function meant(name: string, candidates: readonly string[], kind: string, at: Path): ProblemDetails {
    const near = nearest(name, candidates);
    return {
      name,
      says: `the template has no ${kind} ${name}${near ? `; the nearest is ${near}` : ''}`,
      ...(near === undefined ? {} : { fix: `write ${near}`, changes: renamed(template, at, name, near) }),
    };
  }
}

/** What stands at a path with one name for another. */
function renamed(template: Template, at: Path, name: string, near: string): readonly Change[] {
  let node: unknown = template;
  for (const key of at)
    node =
      isObject(node) || Array.isArray(node) ? (node as Record<string | number, unknown>)[key] : undefined;
  const key = at.at(-1);
  const rename = (value: unknown): unknown => (value === name ? near : value);
  if (key === 'Fn::Sub') {
    const [text, ...rest] = Array.isArray(node) ? (node as unknown[]) : [node];
    const mended = String(text).replace(/\$\{([^}]*)/g, (whole, variable: string) => {
      const own = variable.trim();
      return own === name || own.startsWith(`${name}.`) ? `\${${near}${own.slice(name.length)}` : whole;
    });
    return [
      {
        kind: 'set',
        path: at.slice(0, -1),
        value: { 'Fn::Sub': rest.length > 0 ? [mended, ...rest] : mended },
      },
    ];
  }
  const value = Array.isArray(node) ? node.map(rename) : rename(attributePair(node));
  const isFunction = key === 'Ref' || key === 'Fn::GetAtt' || key === 'Fn::If';
  if (key === 'Fn::GetAtt') {
    const pair = attributePair(node);
    return [
      { kind: 'set', path: at.slice(0, -1), value: { [key]: Array.isArray(pair) ? pair.map(rename) : near } },
    ];
  }
  return [
    isFunction
      ? { kind: 'set', path: at.slice(0, -1), value: { [key]: value } }
      : { kind: 'set', path: at, value },
  ];
}

function unresolved(name: string, block: 'Resources' | 'Outputs'): string {
  return block === 'Resources'
    ? `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`
    : `Unresolved resource dependencies [${name}] in the Outputs block of the template`;
}

function attributeRenamed(
  template: Template,
  at: Path,
  name: string,
  attribute: string,
  near: string,
): readonly Change[] {
  if (at.at(-1) === 'Fn::GetAtt')
    return [{ kind: 'set', path: at.slice(0, -1), value: { 'Fn::GetAtt': [name, near] } }];
  return renamed(template, at, `${name}.${attribute}`, `${name}.${near}`);
}

/** Attributes that each resource gives by itself: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-stack.html */
function openEnded(type: string, attribute: string): boolean {
  return (
    (type === 'AWS::CloudFormation::Stack' && attribute.startsWith('Outputs.')) ||
    type === 'AWS::CloudFormation::CustomResource'
  );
}
