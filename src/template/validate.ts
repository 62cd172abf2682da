import { InputError, type Problem } from '../common/problem.ts';
import type { ParsedTemplate } from './parse.ts';
import type { Path } from './path.ts';
import { referencesIn } from './references.ts';
import { pseudoNames } from './scope.ts';
import { resourceSchema } from './schema/schema.ts';

/**
 * What can be said without any value: every type is known, every name that is mentioned is declared, every attribute exists.
 * @throws InputError with every problem
 */
export function validateReferences({ template, positionOf }: ParsedTemplate): void {
  const problems: Problem[] = [];
  const report = (path: Path, message: string, fix?: string): void => {
    problems.push({ code: 'template-reference', message, position: positionOf(path), fix });
  };
  const { Resources, Parameters = {}, Conditions = {}, Outputs = {} } = template;
  const isResource = (name: string): boolean => Object.hasOwn(Resources, name);

  // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html
  const unknown = Object.entries(Resources).filter(([, { Type }]) => !resourceSchema(Type));
  if (unknown.length > 0)
    report(
      ['Resources', unknown[0]![0], 'Type'],
      `Template format error: Unrecognized resource types: [${[...new Set(unknown.map(([, { Type }]) => Type))].join(', ')}]`,
      'Fairway does not enact them',
    );

  function check(node: unknown, path: Path, block: 'Resources' | 'Outputs'): void {
    const unresolved = (name: string, at: Path): void =>
      report(
        at,
        block === 'Resources'
          ? `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`
          : `Unresolved resource dependencies [${name}] in the Outputs block of the template`,
        'name a parameter or a resource of this template',
      );
    for (const { kind, name, attribute, path: at } of referencesIn(node, path)) {
      if (kind === 'ref') {
        if (!isResource(name) && !Object.hasOwn(Parameters, name) && !pseudoNames.includes(name))
          unresolved(name, at);
      } else if (kind === 'condition') {
        if (!Object.hasOwn(Conditions, name))
          report(at, `Template error: unresolved condition dependency ${name} in Fn::If`);
      } else if (!isResource(name))
        report(at, `Template error: instance of Fn::GetAtt references undefined resource ${name}`);
      else {
        const { Type } = Resources[name]!;
        const attributes = resourceSchema(Type)?.attributes;
        if (attribute !== undefined && attributes && !Object.hasOwn(attributes, attribute))
          report(
            at,
            `Template error: resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`,
            `${Type} has ${Object.keys(attributes).join(', ') || 'none'}`,
          );
      }
    }
  }
  for (const [id, { Properties, DependsOn, Condition }] of Object.entries(Resources)) {
    const path = ['Resources', id];
    check(Properties, [...path, 'Properties'], 'Resources');
    for (const name of [DependsOn ?? []].flat())
      if (!isResource(name))
        report(
          [...path, 'DependsOn'],
          `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
          'name a resource of this template',
        );
    if (Condition !== undefined && !Object.hasOwn(Conditions, Condition))
      report(
        [...path, 'Condition'],
        `Template format error: Unresolved condition dependency ${Condition} in the Resources block of the template`,
        'name a condition of this template',
      );
  }
  for (const [name, { Condition, ...output }] of Object.entries(Outputs)) {
    check(output, ['Outputs', name], 'Outputs');
    if (Condition !== undefined && !Object.hasOwn(Conditions, Condition))
      report(
        ['Outputs', name, 'Condition'],
        `Template format error: Unresolved condition dependency ${Condition} in the Outputs block of the template`,
        'name a condition of this template',
      );
  }
  if (problems.length > 0) throw new InputError(problems);
}
