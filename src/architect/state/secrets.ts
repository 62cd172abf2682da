import type { App, FileSource, Service } from '../../compose/app.ts';
import type { Parameter } from '../../template/model.ts';
import type { SecretParameter } from '../design-model.ts';
import { ref, resource, sub, type Resources } from '../intrinsics.ts';
import { logicalId } from '../naming.ts';
import type { Plan } from '../plan.ts';

/** Secrets of the project that some service is granted, by name. */
export type SecretSource = FileSource;

export function usedSecrets({ secrets }: App, services: readonly Service[]): SecretSource[] {
  const used = new Set(
    services.flatMap(({ files }) => files.flatMap(({ kind, source }) => (kind === 'secret' ? [source] : []))),
  );
  return secrets.filter(({ name }) => used.has(name));
}

/** What `valueFrom` of a container's secret begins with: an ARN, of one that is there already or of the stack's own. */
export function secretArn({ name, from }: SecretSource): unknown {
  if (from.kind !== 'external') return ref(logicalId.secret(name));
  return from.name.startsWith('arn:')
    ? from.name
    : sub(`arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${from.name}`);
}

/**
 * A key of a JSON secret, else the whole.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
export function valueFrom(secret: SecretSource, key: string | undefined): unknown {
  const arn = secretArn(secret);
  return key === undefined ? arn : { 'Fn::Join': ['', [arn, `:${key}::`]] };
}

/** For the role that reads it: ARNs end in six characters that nobody knows before. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
export function secretResource(secret: SecretSource): unknown {
  const { from } = secret;
  if (from.kind !== 'external') return secretArn(secret);
  return from.name.startsWith('arn:')
    ? from.name
    : sub(
        `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${from.name}-??????`,
      );
}

/** The project's own secrets. Values are NoEcho parameters: they stand neither in the template nor in what describes the stack. */
export const secrets = ({ secrets: used }: Plan): Resources =>
  Object.fromEntries(
    used
      .filter(({ from }) => from.kind !== 'external')
      .map(({ name }) => [
        logicalId.secret(name),
        resource(`the secret ${name}`, 'AWS::SecretsManager::Secret', {
          Description: sub(`${name} of \${AWS::StackName}`),
          SecretString: ref(logicalId.secretValue(name)),
        }),
      ]),
  );

export const secretParameters = (used: readonly SecretSource[]): SecretParameter[] =>
  used.flatMap(({ name, from, position }) =>
    from.kind === 'external'
      ? []
      : [{ parameter: logicalId.secretValue(name), secret: name, from, position }],
  );

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html */
export const secretTemplateParameters = (parameters: readonly SecretParameter[]): Record<string, Parameter> =>
  Object.fromEntries(
    parameters.map(({ parameter, secret }) => [
      parameter,
      { Type: 'String', NoEcho: true, Description: `The value of the secret ${secret}` },
    ]),
  );
