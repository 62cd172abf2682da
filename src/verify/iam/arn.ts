import { isObject } from '../../template/json.ts';
import { intrinsicOf } from '../../template/symbolic.ts';
import { type Declared, known } from '../../topology/system.ts';
import { readerOf } from '../../topology/from-template/values.ts';

/** What a policy is asked about: a resource of the templates, or an ARN with `*` where it is not known. */
export interface Asked {
  readonly id?: string;
  readonly arn: string;
}

/** A text with `⟦Name⟧` for what is known at deployment: the resource, the parameter, or `?`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return `⟦${String(argument)}⟧`;
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) {
    const [id, attribute] = argument as unknown[];
    return IDENTIFYING.test(String(attribute)) ? `⟦${String(id)}⟧` : `⟦${String(id)}.${String(attribute)}⟧`;
  }
  if (name === 'Fn::Join' && Array.isArray(argument) && argument[0] === '' && Array.isArray(argument[1]))
    return (argument[1] as unknown[]).map(textOf).join('');
  return '⟦?⟧';
}
const IDENTIFYING = /^(Arn|Id|.*Arn|QueueName|Name|KeyId)$/;

const SHAPES: Readonly<Record<string, readonly [shape: string, name: string]>> = {
  'AWS::SecretsManager::Secret': ['arn:aws:secretsmanager:*:*:secret:⟨⟩-??????', 'Name'],
  // As secrets they are spoken of, by the one that they make of their password.
  'AWS::RDS::DBInstance': ['arn:aws:secretsmanager:*:*:secret:rds!⟨⟩-??????', ''],
  'AWS::RDS::DBCluster': ['arn:aws:secretsmanager:*:*:secret:rds!⟨⟩-??????', ''],
  'AWS::DocDB::DBCluster': ['arn:aws:secretsmanager:*:*:secret:rds!⟨⟩-??????', ''],
  'AWS::SSM::Parameter': ['arn:aws:ssm:*:*:parameter/⟨⟩', 'Name'],
  'AWS::S3::Bucket': ['arn:aws:s3:::⟨⟩', 'BucketName'],
  'AWS::SQS::Queue': ['arn:aws:sqs:*:*:⟨⟩', 'QueueName'],
  'AWS::SNS::Topic': ['arn:aws:sns:*:*:⟨⟩', 'TopicName'],
  'AWS::DynamoDB::Table': ['arn:aws:dynamodb:*:*:table/⟨⟩', 'TableName'],
  'AWS::ECR::Repository': ['arn:aws:ecr:*:*:repository/⟨⟩', 'RepositoryName'],
  'AWS::Logs::LogGroup': ['arn:aws:logs:*:*:log-group:⟨⟩:*', 'LogGroupName'],
};

/** A resource of the templates as policies name it. */
export function askedOf(declared: Declared): Asked | undefined {
  const [shape, property] = SHAPES[declared.type] ?? [];
  if (shape === undefined || property === undefined) return undefined;
  const name = known(readerOf(declared).text(property)) ?? '*';
  return { id: declared.id, arn: shape.replace('⟨⟩', name.replace(/^\//, '')) };
}

/**
 * Whether the resource of a policy is or covers what is asked. Partition, region and account are taken for the stack's own.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function covers(
  entry: unknown,
  { id, arn }: Asked,
  isResource: (name: string) => boolean,
): 'yes' | 'no' | 'maybe' {
  const pattern = textOf(entry);
  if (pattern === '*') return 'yes';
  const [, first] = /^⟦([^⟧.]+)/.exec(pattern) ?? [];
  if (first !== undefined && first === id) return 'yes';
  if (first !== undefined && isResource(first)) return id === undefined && arn !== '*' ? 'maybe' : 'no';
  if (arn === '*') return 'no';
  const [mine, asked] = [split(pattern), split(arn)];
  if (!mine || !asked) return meets(open(pattern), arn) ? 'maybe' : 'no';
  if (!meets(open(mine.service), asked.service)) return 'no';
  if (!mine.resource.includes('⟦') && matches(mine.resource, asked.resource)) return 'yes';
  return meets(open(mine.resource), asked.resource) ? 'maybe' : 'no';
}

function split(arn: string): { readonly service: string; readonly resource: string } | undefined {
  // A token may hold a colon of its own: ⟦AWS::Region⟧.
  const parts = arn.replace(/⟦[^⟧]*⟧/g, (token) => token.replaceAll(':', '\u0001')).split(':');
  if (parts[0] !== 'arn' || parts.length < 6) return undefined;
  return { service: parts[2]!, resource: parts.slice(5).join(':').replaceAll('\u0001', ':') };
}
const open = (pattern: string): string => pattern.replace(/⟦[^⟧]*⟧/g, '*');

/** Whether a pattern with `*` and `?` matches a text; a `*` of the text itself is a letter. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('\\*', '.*')
    .replaceAll('\\?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** Whether there is a text that both patterns match. */
function meets(left: string, right: string): boolean {
  const seen = new Set<number>();
  const width = right.length + 1;
  const from = (i: number, j: number): boolean => {
    if (i === left.length && j === right.length) return true;
    const key = i * width + j;
    if (seen.has(key)) return false;
    seen.add(key);
    const [a, b] = [left[i], right[j]];
    if (a === '*' && (from(i + 1, j) || (j < right.length && from(i, j + 1)))) return true;
    if (b === '*' && (from(i, j + 1) || (i < left.length && from(i + 1, j)))) return true;
    if (a === undefined || b === undefined || a === '*' || b === '*') return false;
    return (a === b || a === '?' || b === '?') && from(i + 1, j + 1);
  };
  return from(0, 0);
}

/** One or several, as policies write them. */
export const several = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
export const isStatement = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && !intrinsicOf(value);
