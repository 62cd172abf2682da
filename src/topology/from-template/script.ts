import { written } from '../../template/json.ts';
import { intrinsicOf } from '../../template/symbolic.ts';
import { isRecord } from './values.ts';

/** The text of user data, what is not known in it as `${Name}`; undefined where nothing of it is known. */
export function scriptOf(value: unknown): string | undefined {
  if (typeof value === 'string') return decoded(value);
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === undefined) return undefined;
  if (name === 'Fn::Base64') return typeof argument === 'string' ? argument : textOf(argument);
  return undefined;
}

/**
 * The files and commands that cfn-init takes from a resource's metadata, as text.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-init.html
 */
export function initOf(metadata: unknown): string {
  return isRecord(metadata) ? lines(metadata['AWS::CloudFormation::Init']).join('\n') : '';
}
function lines(value: unknown): string[] {
  if (typeof value === 'string' || intrinsicOf(value)) return [textOf(value)];
  const parts = Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? Object.values(value) : [];
  return parts.flatMap(lines);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html: user data is handed over in Base64. */
function decoded(text: string): string | undefined {
  return /^[A-Za-z0-9+/\s]+=*\s*$/.test(text) ? Buffer.from(text, 'base64').toString('utf8') : undefined;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return `\${${written(argument)}}`;
  if (name === 'Fn::GetAtt') return `\${${[argument].flat().map(written).join('.')}}`;
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    const [delimiter, parts] = argument as unknown[];
    return Array.isArray(parts) ? parts.map(textOf).join(written(delimiter)) : '${?}';
  }
  return '${?}';
}

/** Whether a value refers to a resource, at any depth. */
export const mentions = (value: unknown, id: string): boolean => mentioned(value).has(id);

/** What a value refers to, at any depth. */
export function mentioned(value: unknown, ids = new Set<string>()): ReadonlySet<string> {
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return ids.add(written(argument));
  if (name === 'Fn::GetAtt')
    return ids.add(written(Array.isArray(argument) ? argument[0] : written(argument).split('.')[0]));
  const parts = Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? Object.values(value) : [];
  for (const part of parts) mentioned(part, ids);
  return ids;
}
