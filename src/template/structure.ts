import { InputError } from '../common/problem.ts';
import { isObject, written } from './json.ts';
import type { Template } from './model.ts';
import { nearest } from './nearest.ts';
import { pathText, type Path, type PositionOf } from './path.ts';
import type { ProblemCode, TemplateProblem } from './problem.ts';
import { hasNull } from './sound.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html */
const sections = [
  'AWSTemplateFormatVersion',
  'Description',
  'Transform',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
];
const sectionsNotEnacted = ['Hooks'];
const resourceKeys = [
  'Type',
  'Condition',
  'DependsOn',
  'Properties',
  'Metadata',
  'DeletionPolicy',
  'UpdateReplacePolicy',
];
const resourceKeysNotEnacted = ['CreationPolicy', 'UpdatePolicy'];
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const limits = { Parameters: 200, Mappings: 200, Resources: 500, Outputs: 200 } as const;

/**
 * Whether a value has the shape of a template that a region enacts, in AWS's words where it has some.
 * @throws InputError with every problem
 */
export function checkStructure(value: unknown, positionOf: PositionOf): asserts value is Template {
  const problems = structureProblems(value, positionOf, 'enacted');
  if (problems.length > 0) throw new InputError(problems);
}

/** What is wrong with the shape of a value: of a template in CloudFormation's language, or in the part of it that a region enacts. */
export function structureProblems(
  value: unknown,
  positionOf: PositionOf,
  part: 'language' | 'enacted',
): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const report: Report = (path, message, fix, code = 'property-value', says) => {
    problems.push({ code, path, message, position: positionOf(path), fix, says });
  };
  const notEnacted: Report = part === 'enacted' ? report : () => {};
  if (!isObject(value)) {
    report([], 'Template format error: unsupported structure.', 'write a map with a Resources section');
    return problems;
  }
  const transforms = [value['Transform'] ?? []].flat();
  // A macro may take out what CloudFormation itself does not know.
  const macros = transforms.some((transform) => transform !== 'AWS::LanguageExtensions');
  if (hasNull(value)) findNulls(value, [], report);
  for (const section of Object.keys(value)) {
    if (sectionsNotEnacted.includes(section))
      notEnacted([section], `${section} is not enacted`, 'leave it out');
    else if (!sections.includes(section) && !(macros && part === 'language'))
      report(
        [section],
        `Invalid template property or properties [${section}]`,
        `the sections are ${sections.join(', ')}`,
        'property-unknown',
        `a template has no section ${section}${nearestTo(section, sections)}`,
      );
  }
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/format-version-structure.html
  const version = value['AWSTemplateFormatVersion'];
  if (version !== undefined && version !== '2010-09-09')
    report(
      ['AWSTemplateFormatVersion'],
      'Template format error: unsupported value for AWSTemplateFormatVersion.',
      "write AWSTemplateFormatVersion: '2010-09-09'",
    );
  if (value['Description'] !== undefined && typeof value['Description'] !== 'string')
    report(['Description'], 'Template format error: Description must be a string.');
  for (const transform of transforms)
    if (transform !== 'AWS::LanguageExtensions')
      notEnacted(
        ['Transform'],
        `transform ${JSON.stringify(transform)} is not enacted`,
        'only AWS::LanguageExtensions is: give the template as the transform leaves it',
      );
  for (const [section, limit] of Object.entries(limits)) {
    const members = value[section];
    if (members === undefined) continue;
    if (!isObject(members)) report([section], `Template format error: ${section} must be an object.`);
    else {
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
      // The check of quotas counts resources.
      if (Object.keys(members).length > limit)
        (section === 'Resources' ? notEnacted : report)(
          [section],
          `Template format error: Number of ${section.toLowerCase()}, ${Object.keys(members).length}, is greater than maximum allowed, ${limit}`,
        );
      if (section === 'Mappings') continue;
      for (const name of Object.keys(members))
        if (!/^[A-Za-z0-9]{1,255}$/.test(name) && !name.startsWith('Fn::ForEach::'))
          report(
            [section, name],
            `Template format error: ${section.slice(0, -1)} name ${name} is non alphanumeric.`,
            'use letters and digits only',
          );
    }
  }
  checkParameters(value['Parameters'], report);
  checkMappings(value['Mappings'], report);
  checkRules(value['Rules'], report);
  checkResources(value['Resources'], report, notEnacted);
  checkOutputs(value['Outputs'], report);
  if (value['Conditions'] !== undefined && !isObject(value['Conditions']))
    report(['Conditions'], 'Template format error: Conditions must be an object.');
  return problems;
}

type Report = (path: Path, message: string, fix?: string, code?: ProblemCode, says?: string) => void;

function nearestTo(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  return near ? `; the nearest is ${near}` : `: there are ${candidates.join(', ')}`;
}

function findNulls(value: unknown, path: Path, report: Report): void {
  if (value === null) report(path, `[${pathText(path)}] 'null' values are not allowed in templates`);
  else if (Array.isArray(value)) value.forEach((item, index) => findNulls(item, [...path, index], report));
  else if (isObject(value))
    for (const [key, member] of Object.entries(value)) findNulls(member, [...path, key], report);
}

const parameterKeys = [
  'Type',
  'Description',
  'Default',
  'AllowedValues',
  'AllowedPattern',
  'MinValue',
  'MaxValue',
  'MinLength',
  'MaxLength',
  'NoEcho',
  'ConstraintDescription',
];

function checkParameters(parameters: unknown, report: Report): void {
  if (!isObject(parameters)) return;
  for (const [name, parameter] of Object.entries(parameters)) {
    const path = ['Parameters', name];
    if (!isObject(parameter)) {
      report(path, 'Template format error: Any Parameters member must be an object.');
      continue;
    }
    if (typeof parameter['Type'] !== 'string')
      report(
        path,
        `Template format error: Every Parameters object must contain a Type member.`,
        undefined,
        'property-required',
      );
    for (const key of Object.keys(parameter))
      if (!parameterKeys.includes(key))
        report(
          [...path, key],
          `Invalid template parameter property '${key}'`,
          `a parameter has ${parameterKeys.join(', ')}`,
          'property-unknown',
          `a parameter has no ${key}${nearestTo(key, parameterKeys)}`,
        );
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html */
function checkMappings(mappings: unknown, report: Report): void {
  if (!isObject(mappings)) return;
  for (const [name, map] of Object.entries(mappings)) {
    if (!isObject(map) || !Object.values(map).every(isObject)) {
      report(['Mappings', name], `Template format error: Every Mappings member ${name} must be a map`);
      continue;
    }
    for (const [top, second] of Object.entries(map))
      for (const [key, leaf] of Object.entries(second as Record<string, unknown>))
        if (isObject(leaf))
          report(
            ['Mappings', name, top, key],
            'Template format error: Every Mappings attribute must be a String or a List.',
          );
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html */
function checkRules(rules: unknown, report: Report): void {
  if (rules === undefined) return;
  if (!isObject(rules)) return report(['Rules'], 'Template format error: Rules must be an object.');
  for (const [name, rule] of Object.entries(rules)) {
    const assertions = isObject(rule) ? rule['Assertions'] : undefined;
    const sound = (item: unknown): boolean => isObject(item) && 'Assert' in item;
    if (!Array.isArray(assertions) || !assertions.every(sound))
      report(
        ['Rules', name],
        `Template format error: the rule ${name} needs Assertions: a list of maps with Assert`,
        undefined,
        'property-required',
      );
  }
}

function checkResources(resources: unknown, report: Report, notEnacted: Report): void {
  if (resources === undefined || (isObject(resources) && Object.keys(resources).length === 0)) {
    report(
      ['Resources'],
      'Template format error: At least one Resources member must be defined.',
      'write a Resources section',
      'property-required',
    );
    return;
  }
  if (!isObject(resources)) return;
  for (const [name, resource] of Object.entries(resources)) {
    const path = ['Resources', name];
    if (name.startsWith('Fn::ForEach::')) continue;
    if (!isObject(resource)) {
      report(path, 'Template format error: Any Resources member must be an object.');
      continue;
    }
    if (typeof resource['Type'] !== 'string')
      report(
        path,
        `Template format error: [/Resources/${name}] Every Resources object must contain a Type member.`,
        undefined,
        'property-required',
      );
    for (const key of Object.keys(resource)) {
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cfn-customresource.html
      const custom = /^(Custom::|AWS::CloudFormation::CustomResource$)/.test(written(resource['Type']));
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-creationpolicy.html
      if (key === 'CreationPolicy' && resource['Type'] === 'AWS::CloudFormation::WaitCondition') continue;
      if (resourceKeysNotEnacted.includes(key) || (key === 'Version' && custom))
        notEnacted([...path, key], `${key} of ${name} is not enacted`, 'leave it out');
      else if (!resourceKeys.includes(key))
        report(
          [...path, key],
          `Invalid template resource property '${key}'`,
          `a resource has ${resourceKeys.join(', ')}`,
          'property-unknown',
          `${name} has no ${key}${nearestTo(key, [...resourceKeys, ...resourceKeysNotEnacted])}`,
        );
    }
    if (resource['Properties'] !== undefined && !isObject(resource['Properties']))
      report([...path, 'Properties'], 'Template format error: Properties must be an object.');
    if (resource['Condition'] !== undefined && typeof resource['Condition'] !== 'string')
      report([...path, 'Condition'], 'Template format error: Every Condition member must be a string.');
    if (![resource['DependsOn'] ?? []].flat().every((id) => typeof id === 'string'))
      report([...path, 'DependsOn'], 'Template format error: DependsOn must be a string or list of strings.');
    checkPolicies(path, resource, report, notEnacted);
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html */
function checkPolicies(
  path: Path,
  resource: Record<string, unknown>,
  report: Report,
  notEnacted: Report,
): void {
  const policies = [
    ['DeletionPolicy', ['Delete', 'Retain', 'RetainExceptOnCreate']],
    ['UpdateReplacePolicy', ['Delete', 'Retain']],
  ] as const;
  for (const [key, values] of policies) {
    const value = resource[key] ?? 'Delete';
    // With AWS::LanguageExtensions a function may stand here.
    if (isObject(value) || values.some((known) => known === value)) continue;
    const write = `write ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
    if (value === 'Snapshot') notEnacted([...path, key], `${key} "Snapshot" is not enacted`, write);
    else
      report(
        [...path, key],
        `Template format error: Unrecognized ${key} ${written(value)} for resource ${String(path[1])}`,
        write,
        'property-value',
        `there is no ${key} ${JSON.stringify(value)}: there are ${[...values, 'Snapshot'].join(', ')}`,
      );
  }
}

function checkOutputs(outputs: unknown, report: Report): void {
  if (!isObject(outputs)) return;
  for (const [name, output] of Object.entries(outputs)) {
    const path = ['Outputs', name];
    if (!isObject(output) || !('Value' in output)) {
      report(
        path,
        'Template format error: Every Outputs member must contain a Value object',
        undefined,
        'property-required',
      );
      continue;
    }
    for (const key of Object.keys(output))
      if (!['Value', 'Description', 'Export', 'Condition'].includes(key))
        report(
          [...path, key],
          `Invalid template output property '${key}'`,
          undefined,
          'property-unknown',
          `an output has no ${key}: there are Value, Description, Export and Condition`,
        );
    const exported = output['Export'];
    if (exported !== undefined && !(isObject(exported) && 'Name' in exported))
      report([...path, 'Export'], 'Template format error: Every Export member must contain a Name object');
  }
}
