import { intrinsicOf } from '../../../template/symbolic.ts';
import type { Declared, System } from '../../../topology/system.ts';
import { textOf } from '../../iam/arn.ts';

/** What a value that should name a resource leads to. */
export type Named =
  | { readonly kind: 'resource'; readonly declared: Declared; readonly rest: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unknown'; readonly name: string };

/** The resource that a value begins with, and the text behind it: `${Secret}:password::`. */
export function namedBy({ resources }: System, value: unknown): Named {
  const text = textOf(value);
  const [token, name = ''] = /^⟦([^⟧]*)⟧/.exec(text) ?? [];
  if (token === undefined) return { kind: 'text', text };
  const [id = '', attribute] = name.split('.');
  const declared = resources.get(id);
  if (!declared || (attribute !== undefined && !IDENTIFYING.test(attribute)))
    return { kind: 'unknown', name: id };
  return { kind: 'resource', declared, rest: text.slice(token.length) };
}
const IDENTIFYING = /^(Arn|Id|MasterUserSecret)$/;

/** The secret that a database makes of its password: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html */
export const isMasterSecret = (value: unknown): boolean =>
  JSON.stringify(value ?? '').includes('"MasterUserSecret.SecretArn"');
export const masterSecretOf = (id: string) => ({ 'Fn::GetAtt': [id, 'MasterUserSecret.SecretArn'] });
export const hasMasterSecret = (type: string): boolean =>
  ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::DocDB::DBCluster'].includes(type);

/** Whether a value is the name or address by which a program calls a resource, and not one of its other attributes. */
export function callsIt(value: unknown): boolean {
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return true;
  if (name === 'Fn::GetAtt')
    return /^(Arn|Id|TopicArn|QueueUrl|QueueName|TopicName|(MasterUserSecret\.)?SecretArn)$/.test(
      String([argument].flat()[1]),
    );
  return name === 'Fn::Join' && JSON.stringify(argument).includes('"Ref"');
}
