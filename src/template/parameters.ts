import { InputError, type Problem } from '../common/problem.ts';
import type { Parameter, Template } from './model.ts';
import type { PositionOf } from './path.ts';

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
 * What each parameter of the template stands for: the supplied text, else its default.
 * @throws InputError for missing, unknown and disallowed values
 */
export function resolveParameters(
  template: Template,
  supplied: Readonly<Record<string, string>>,
  positionOf: PositionOf = () => undefined,
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
    const kind = kindOf(parameter.Type);
    if (!kind) {
      problems.push({
        code: 'template-parameter-type',
        message: `Template format error: Unrecognized parameter type: ${parameter.Type}`,
        position: positionOf(['Parameters', name, 'Type']),
        fix: parameter.Type.includes('AWS::SSM::') ? 'parameters read from SSM are not enacted' : undefined,
      });
      continue;
    }
    const text = supplied[name] ?? (parameter.Default === undefined ? undefined : String(parameter.Default));
    if (text === undefined) {
      missing.push(name);
      continue;
    }
    const value = kind.list ? splitList(text) : text;
    const complaint = complaintAbout(name, parameter, kind.number, value);
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

function kindOf(type: string): { readonly list: boolean; readonly number: boolean } | undefined {
  if (type === 'String') return { list: false, number: false };
  if (type === 'Number') return { list: false, number: true };
  if (type === 'CommaDelimitedList') return { list: true, number: false };
  if (type === 'List<Number>') return { list: true, number: true };
  if (awsTypes.includes(type)) return { list: false, number: false };
  const element = /^List<(.+)>$/.exec(type)?.[1];
  return element && awsTypes.includes(element) && element !== 'AWS::EC2::KeyPair::KeyName'
    ? { list: true, number: false }
    : undefined;
}

/** n commas give n+1 members. */
function splitList(text: string): string[] {
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
