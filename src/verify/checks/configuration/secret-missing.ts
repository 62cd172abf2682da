import type { Origin } from '../../../topology/model.ts';
import { readerOf } from '../../../topology/from-template/values.ts';
import { known, type Declared, type System } from '../../../topology/system.ts';
import { ofType } from '../../../topology/from-template/declared.ts';
import type { Check, Report } from '../../model.ts';
import { cannotTell, found } from '../../report.ts';
import { namedBy } from './references.ts';

export const secretMissing: Check = {
  id: 'secret-missing',
  title: 'Every secret, key of a secret and parameter that a container wants is there',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html',
  why: 'The task stops before its containers start: “ResourceInitializationError: unable to pull secrets or registry auth”.',
  *find({ system }) {
    const made = namesMade(system);
    for (const { id, containers } of system.taskDefinitions)
      for (const { secrets } of containers)
        for (const { name, valueFrom, origin } of secrets) {
          const at = { ...origin, path: [...origin.path, 'ValueFrom'] };
          const named = namedBy(system, valueFrom);
          if (named.kind === 'unknown') yield cannotTell(id, at, `${named.name} is known at deployment only`);
          else if (named.kind === 'resource')
            yield* inSecret(system, id, name, named.declared, named.rest, valueFrom, at);
          else if (!made.has(nameIn(named.text)))
            yield cannotTell(id, at, `whether there is ${named.text} is known to the account`);
        }
  },
};

function* inSecret(
  system: System,
  id: string,
  variable: string,
  secret: Declared,
  rest: string,
  written: unknown,
  at: Origin,
): Iterable<Report> {
  if (secret.type !== 'AWS::SecretsManager::Secret') return;
  const [, key = '', ...more] = rest.split(':');
  if (rest !== '' && more.length !== 2) {
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    const right = { 'Fn::Sub': `\${${secret.id}}:${key}::` };
    yield found(id, at, {
      message: `${variable} is read from ${secret.id}${rest}, and ECS wants three colons behind the secret: key, stage and version, empty or not`,
      fix: {
        says: `write \${${secret.id}}:${key}::`,
        edits: more.length === 0 && key !== '' ? [{ kind: 'set', path: at.path, value: right }] : [],
      },
    });
    return;
  }
  if (key === '' || key.includes('⟦')) return;
  const keys = keysOf(system, secret);
  if (keys === undefined) {
    if (written !== undefined) yield cannotTell(id, at, `what ${secret.id} holds is not in the template`);
    return;
  }
  if (keys.includes(key)) return;
  yield found(id, at, {
    message:
      keys.length === 0
        ? `${variable} wants the key ${key} of ${secret.id}, which is one plain text and has no keys`
        : `${variable} wants the key ${key} of ${secret.id}, which has ${keys.join(', ')}`,
    fix: { says: `name a key that ${secret.id} has, or give it this one`, edits: [] },
  });
}

/** The keys of the JSON that a secret holds; none of a plain text; undefined where it is filled elsewhere. */
function keysOf(system: System, secret: Declared): readonly string[] | undefined {
  const read = readerOf(secret);
  const generated = read.part('GenerateSecretString');
  const attached = ofType(system.resources, 'AWS::SecretsManager::SecretTargetAttachment').some(
    (attachment) => known(readerOf(attachment).id('SecretId')) === secret.id,
  );
  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
  const connection = attached
    ? [
        'engine',
        'host',
        'port',
        'dbname',
        'username',
        'password',
        'dbInstanceIdentifier',
        'dbClusterIdentifier',
      ]
    : [];
  if (generated) {
    const template = generated.raw('SecretStringTemplate');
    const own = known(generated.text('GenerateStringKey'));
    if (template === undefined && own === undefined) return connection;
    const keys = typeof template === 'string' ? objectKeys(template) : undefined;
    return keys && [...keys, ...(own === undefined ? [] : [own]), ...connection];
  }
  const text = read.raw('SecretString');
  if (typeof text !== 'string') return undefined;
  const keys = objectKeys(text);
  return [...(keys ?? []), ...connection];
}

function objectKeys(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.keys(value)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Names that the templates give to secrets and parameters. */
function namesMade({ resources }: System): ReadonlySet<string> {
  return new Set(
    ofType(resources, 'AWS::SecretsManager::Secret', 'AWS::SSM::Parameter').flatMap((declared) => {
      const name = known(readerOf(declared).text('Name'));
      return name === undefined ? [] : [nameIn(name)];
    }),
  );
}

function nameIn(text: string): string {
  const name = /^arn:[^:]*:ssm:[^:]*:[^:]*:parameter(\/.*)$/.exec(text)?.[1] ?? text;
  return name.replace(/^\//, '');
}
