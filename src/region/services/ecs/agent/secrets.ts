import type { Ecs, TaskDefinitionRecord } from '../state.ts';
import { named, TaskFailure } from './failure.ts';

/** Container name → environment of its secrets. */
export type Secrets = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * Read when the task starts; rotation reaches only new tasks.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
export async function resolveSecrets(ecs: Ecs, definition: TaskDefinitionRecord): Promise<Secrets> {
  const containers = definition.containerDefinitions.map(async ({ name, secrets = [] }) => {
    const values = secrets.map(
      async (secret) => [secret.name ?? '', await fetch(ecs, secret.valueFrom ?? '')] as const,
    );
    return [name, Object.fromEntries(await Promise.all(values))] as const;
  });
  return new Map(await Promise.all(containers));
}

/** An ARN of Secrets Manager, or an ARN or a name of Parameter Store. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html */
const fetch = (ecs: Ecs, valueFrom: string): Promise<string> =>
  /^arn:[^:]+:secretsmanager:/.test(valueFrom) ? fetchSecret(ecs, valueFrom) : fetchParameter(ecs, valueFrom);

const failed = (reason: string): TaskFailure =>
  new TaskFailure(
    `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ${reason}`,
  );

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html */
async function fetchParameter({ region }: Ecs, valueFrom: string): Promise<string> {
  const fail = (reason: string) =>
    failed(`unable to retrieve secrets from ssm: service call has been retried 1 time(s): ${reason}`);
  const name = parameterName(valueFrom);
  const { Parameters = [] } = await region.api.ssm
    .GetParameters({ Names: [name], WithDecryption: true })
    .catch((error: unknown) => {
      throw fail(named(error instanceof Error ? error.name : 'Error', error));
    });
  const value = Parameters[0]?.Value;
  if (value === undefined) throw fail(`invalid parameters: ${name}`);
  return value;
}

/** `…:parameter/shop/key` is the parameter `/shop/key`, or `key` where there is no other slash; a bare name is itself. */
export function parameterName(valueFrom: string): string {
  const [, path] = /^arn:[^:]+:ssm:[^:]*:[^:]*:parameter\/(.+)$/.exec(valueFrom) ?? [];
  if (path === undefined) return valueFrom;
  return path.includes('/') ? `/${path}` : path;
}

/** `SECRET-ARN:json-key:version-stage:version-id`; an ARN of Secrets Manager has seven parts of its own. */
async function fetchSecret({ region }: Ecs, valueFrom: string): Promise<string> {
  const parts = valueFrom.split(':');
  const arn = parts.slice(0, 7).join(':');
  const [jsonKey, stage, version] = parts.slice(7);
  const fail = (reason: string) =>
    failed(`unable to retrieve secret from asm: service call has been retried 1 time(s): ${reason}`);
  const answer = await region.api.secretsmanager
    .GetSecretValue({
      SecretId: arn,
      ...(stage ? { VersionStage: stage } : {}),
      ...(version ? { VersionId: version } : {}),
    })
    .catch((error: unknown) => {
      const name = error instanceof Error ? error.name : 'Error';
      throw fail(`failed to fetch secret ${arn} from secrets manager: ${named(name, error)}`);
    });
  const text = answer.SecretString ?? Buffer.from(answer.SecretBinary ?? []).toString('utf8');
  if (!jsonKey) return text;
  const value = jsonMember(text, jsonKey);
  if (value === undefined)
    throw fail(`retrieved secret from Secrets Manager did not contain json key ${jsonKey}`);
  return value;
}

function jsonMember(text: string, key: string): string | undefined {
  try {
    const value: unknown = (JSON.parse(text) as Readonly<Record<string, unknown>>)[key];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : JSON.stringify(value);
  } catch {
    return undefined;
  }
}
