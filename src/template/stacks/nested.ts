import { isObject } from '../json.ts';
import type { Resource } from '../model.ts';
import { isListType, splitList } from '../parameters.ts';
import type { TemplateProblem } from '../problem.ts';
import type { ReadTemplate } from '../read.ts';
import { referencesIn } from '../references.ts';
import { intrinsicOf } from '../symbolic.ts';

export const nestedType = 'AWS::CloudFormation::Stack';

/**
 * The path of a nested stack's template where it is known: what the CDK notes beside it, or the URL itself when it is none of a
 * service, as `aws cloudformation package` takes it.
 * https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
 */
export function localTemplate({ Metadata }: Resource, url: unknown): string | undefined {
  const asset = Metadata?.['aws:asset:path'];
  if (Metadata?.['aws:asset:property'] === 'TemplateURL' && typeof asset === 'string') return asset;
  return typeof url === 'string' && !/^[a-z0-9]+:\/\//i.test(url) ? url : undefined;
}

/** What the parameters of a nested template are given; a list comes as text with commas, whose parts may be symbolic. */
export function handedOver(
  { template }: ReadTemplate,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const type = template.Parameters?.[name]?.Type;
      if (type === undefined || type.startsWith('AWS::SSM::Parameter::Value<')) return [];
      return [[name, isListType(type) ? listOf(value) : value] as const];
    }),
  );
}

function listOf(value: unknown): unknown {
  if (typeof value === 'string') return splitList(value);
  const [name, argument] = intrinsicOf(value) ?? [];
  const [delimiter, parts] = name === 'Fn::Join' && Array.isArray(argument) ? (argument as unknown[]) : [];
  if (delimiter !== '' || !Array.isArray(parts)) return value;
  const items: unknown[][] = [[]];
  for (const part of parts as unknown[]) {
    if (typeof part !== 'string') items.at(-1)!.push(part);
    else
      part.split(',').forEach((piece, index) => {
        if (index > 0) items.push([]);
        if (piece.trim() !== '') items.at(-1)!.push(piece.trim());
      });
  }
  return items.map((item) => (item.length === 1 ? item[0] : { 'Fn::Join': ['', item] }));
}

/** Where parent and child disagree on parameters and outputs. */
export function disagreements(parent: ReadTemplate, id: string, child: ReadTemplate): TemplateProblem[] {
  const path = ['Resources', id, 'Properties', 'Parameters'];
  const given = parent.template.Resources[id]?.Properties?.['Parameters'];
  const names = isObject(given) && !intrinsicOf(given) ? Object.keys(given) : undefined;
  const declared = child.template.Parameters ?? {};
  const problems: TemplateProblem[] = [];
  for (const name of names ?? [])
    if (!Object.hasOwn(declared, name))
      problems.push({
        code: 'property-unknown',
        path: [...path, name],
        position: parent.positionOf([...path, name]),
        message: `Parameters: [${name}] do not exist in the template`,
        says: `the template of ${id} has no parameter ${name}`,
        name,
        changes: [{ kind: 'remove', path: [...path, name] }],
      });
  if (names || given === undefined)
    for (const [name, { Default }] of Object.entries(declared))
      if (Default === undefined && !names?.includes(name))
        problems.push({
          code: 'property-required',
          path,
          position: parent.positionOf(path),
          message: `Parameters: [${name}] must have values`,
          says: `the template of ${id} needs a value for its parameter ${name}`,
          name,
        });
  const outputs = child.template.Outputs ?? {};
  for (const { kind, name, attribute, path: at } of referencesIn(parent.template, [])) {
    const output =
      kind === 'attribute' && name === id ? /^Outputs\.(.+)$/.exec(attribute ?? '')?.[1] : undefined;
    if (output !== undefined && !Object.hasOwn(outputs, output))
      problems.push({
        code: 'reference-undefined',
        path: at,
        position: parent.positionOf(at),
        message: `Template error: resource ${id} does not support attribute type ${attribute} in Fn::GetAtt`,
        says: `the template of ${id} has no output ${output}`,
        name: output,
      });
  }
  return problems;
}
