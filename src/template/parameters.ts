import { InputError, type Problem } from '../common/problem.ts';
import type { Parameter, Template } from './model.ts';
import type { Path, PositionOf } from './path.ts';
import type { TemplateProblem, Unanswered } from './problem.ts';

export type ParameterValue = string | readonly string[];

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html */
const awsTypes = [
  'AWS::EC2::AvailabilityZone::Name',
  'AWS::EC2::Image::Id',
  'AWS::EC2::Instance::Id',
  'AWS::EC2::KeyPair::KeyName',
  'AWS::EC2::SecurityGroup::GroupName',
  'AWS::EC2::SecurityGroup::Id',
  'AWS::EC2::Subnet::Id',
  'AWS::EC2::Volume::Id',
  'AWS::EC2::VPC::Id',
  'AWS::Route53::HostedZone::Id',
];

/**
 * What each parameter of the template stands for: the supplied text, else its default; for a type of the Parameter Store, what `ssm`
 * gives for the name that is.
 * @throws InputError for missing, unknown and disallowed values
 */
export function resolveParameters(
  template: Template,
  supplied: Readonly<Record<string, string>>,
  positionOf: PositionOf = () => undefined,
  ssm: (name: string) => string | undefined = () => undefined,
): Record<string, ParameterValue> {
  const declared = template.Parameters ?? {};
  const problems: Problem[] = [];
  const unknown = Object.keys(supplied).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0)
    problems.push({
      code: 'template-parameter-unknown',
      message: `Parameters: [${unknown.join(', ')}] do not exist in the template`,
    });
  const missing: string[] = [];
  const values: Record<string, ParameterValue> = {};
  for (const [name, parameter] of Object.entries(declared)) {
    const position = positionOf(['Parameters', name]);
    const stored = storedType(parameter.Type);
    const kind = kindOf(stored ?? parameter.Type);
    if (!kind) {
      problems.push({
        code: 'template-parameter-type',
        message: `Template format error: Unrecognized parameter type: ${parameter.Type}`,
        position: positionOf(['Parameters', name, 'Type']),
      });
      continue;
    }
    const text = supplied[name] ?? (parameter.Default === undefined ? undefined : String(parameter.Default));
    if (text === undefined) {
      missing.push(name);
      continue;
    }
    const found = stored === undefined ? text : ssm(text);
    if (found === undefined) {
      problems.push({
        code: 'template-parameter-stored',
        message: `Unable to fetch parameters [${text}] from parameter store for this account.`,
        position,
        fix: `put ${text} into the Parameter Store first`,
      });
      continue;
    }
    const value = kind.list ? splitList(found) : found;
    // Of a stored one, the declaration speaks of its name.
    const complaint =
      stored === undefined
        ? complaintAbout(name, parameter, kind.number, value)
        : complaintAbout(name, parameter, false, text);
    if (complaint) problems.push({ code: 'template-parameter-value', message: complaint, position });
    values[name] = value;
  }
  if (missing.length > 0)
    problems.push({
      code: 'template-parameter-missing',
      message: `Parameters: [${missing.join(', ')}] must have values`,
      position: positionOf(['Parameters', missing[0]!]),
      fix: 'give a value or a Default',
    });
  if (problems.length > 0) throw new InputError(problems);
  return values;
}

/** What is known of the parameters where not all have to be given, and what is wrong with their declarations. */
export interface ReadParameters {
  readonly values: Readonly<Record<string, ParameterValue>>;
  readonly problems: readonly TemplateProblem[];
  readonly unanswered: readonly Unanswered[];
}

/**
 * The parameters of a template that is only looked at: one without value, or with a value that AWS reads from the Parameter Store
 * (`ssm` may know it), stays unknown. Supplied values are held against the declaration as AWS does.
 * @throws InputError for supplied values that the template does not take
 */
export function readParameters(
  template: Template,
  supplied: Readonly<Record<string, string>>,
  positionOf: PositionOf = () => undefined,
  ssm: (name: string) => string | undefined = () => undefined,
): ReadParameters {
  const declared = template.Parameters ?? {};
  const refused: Problem[] = [];
  const unknown = Object.keys(supplied).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0)
    refused.push({
      code: 'template-parameter-unknown',
      message: `Parameters: [${unknown.join(', ')}] do not exist in the template`,
    });
  const problems: TemplateProblem[] = [];
  const unanswered: Unanswered[] = [];
  const values: Record<string, ParameterValue> = {};
  const report = (path: Path, message: string, says?: string): void => {
    problems.push({ code: 'property-value', path, message, says, position: positionOf(path) });
  };
  for (const [name, parameter] of Object.entries(declared)) {
    const path = ['Parameters', name];
    const stored = storedType(parameter.Type);
    const kind = kindOf(stored ?? parameter.Type);
    if (!kind) {
      report([...path, 'Type'], `Template format error: Unrecognized parameter type: ${parameter.Type}`);
      continue;
    }
    const given = Object.hasOwn(supplied, name) ? supplied[name] : undefined;
    const text = given ?? (parameter.Default === undefined ? undefined : String(parameter.Default));
    if (text === undefined) {
      unanswered.push({ path, why: `the parameter ${name} is given at deployment` });
      continue;
    }
    const key = stored === undefined ? undefined : text;
    const value = key === undefined ? (kind.list ? splitList(text) : text) : key;
    const complaint = complaintAbout(name, parameter, kind.number && key === undefined, value);
    if (complaint !== undefined && given !== undefined)
      refused.push({ code: 'template-parameter-value', message: complaint, position: positionOf(path) });
    else if (complaint !== undefined) report([...path, 'Default'], complaint);
    if (key === undefined) {
      values[name] = value;
      continue;
    }
    const found = ssm(key);
    if (found !== undefined) values[name] = kind.list ? splitList(found) : found;
    else unanswered.push({ path, why: `${name} is read from the Parameter Store (${key}) at deployment` });
  }
  if (refused.length > 0) throw new InputError(refused);
  return { values, problems, unanswered };
}

/** The names that the template's parameters have in the Parameter Store. */
export function storedNames(
  template: Template,
  supplied: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(template.Parameters ?? {}).flatMap(([name, { Type, Default }]) =>
    storedType(Type) === undefined ? [] : (supplied[name] ?? (Default === undefined ? [] : String(Default))),
  );
}

/** The type of what a parameter of the Parameter Store holds. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html */
function storedType(type: string): string | undefined {
  const inner = /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type)?.[1];
  return inner === 'List<String>' ? 'CommaDelimitedList' : inner;
}

function kindOf(type: string): { readonly list: boolean; readonly number: boolean } | undefined {
  if (type === 'String') return { list: false, number: false };
  if (type === 'Number') return { list: false, number: true };
  if (type === 'CommaDelimitedList') return { list: true, number: false };
  if (type === 'List<Number>') return { list: true, number: true };
  if (awsTypes.includes(type) || type === 'AWS::SSM::Parameter::Name') return { list: false, number: false };
  const element = /^List<(.+)>$/.exec(type)?.[1];
  return element && awsTypes.includes(element) && element !== 'AWS::EC2::KeyPair::KeyName'
    ? { list: true, number: false }
    : undefined;
}

/** Whether a parameter of a type stands for a list. */
export const isListType = (type: string): boolean => kindOf(type)?.list ?? false;

/** n commas give n+1 members. */
export function splitList(text: string): string[] {
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

function complaintAbout(
  name: string,
  parameter: Parameter,
  number: boolean,
  value: ParameterValue,
): string | undefined {
  const failed = (text: string): string => `Parameter ${name} ${parameter.ConstraintDescription ?? text}`;
  for (const item of [value].flat()) {
    if (number && (item.trim() === '' || Number.isNaN(Number(item))))
      return `Parameter '${name}' must be a number.`;
    const { AllowedValues, AllowedPattern, MinValue, MaxValue, MinLength, MaxLength } = parameter;
    if (AllowedValues && !AllowedValues.map(String).includes(item))
      return failed(
        `must be one of AllowedValues, and ${JSON.stringify(item)} is not: ${AllowedValues.join(', ')}`,
      );
    if (AllowedPattern !== undefined) {
      const pattern = compile(AllowedPattern);
      if (!pattern)
        return `Parameter ${name} has an AllowedPattern that is no regular expression: ${AllowedPattern}`;
      if (!pattern.test(item)) return failed(`must match pattern ${AllowedPattern}`);
    }
    if (MinLength !== undefined && item.length < Number(MinLength))
      return failed(`must contain at least ${MinLength} characters`);
    if (MaxLength !== undefined && item.length > Number(MaxLength))
      return failed(`must contain at most ${MaxLength} characters`);
    if (MinValue !== undefined && Number(item) < Number(MinValue))
      return failed(`must be a number not less than ${MinValue}`);
    if (MaxValue !== undefined && Number(item) > Number(MaxValue))
      return failed(`must be a number not greater than ${MaxValue}`);
  }
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
  if (Buffer.byteLength([value].flat().join(',')) > 4096)
    return `Parameter ${name} must be at most 4096 bytes`;
  return undefined;
}

/** The whole text must match, as in Java. */
function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    return undefined;
  }
}
