import { written } from '../../../template/json.ts';
import { intrinsicOf } from '../../../template/symbolic.ts';
import { ofType } from '../../../topology/from-template/declared.ts';
import type { Check, Context } from '../../model.ts';
import { found, under } from '../../report.ts';

export const secretInPlainText: Check = {
  id: 'secret-in-plain-text',
  title: 'No password stands in plain text in an environment or in user data',
  severity: 'warning',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-bp-containers.html',
  why: 'Whoever may describe the task definition or the instance reads it, and it stays in every revision. ECS injects values of Secrets Manager and the Parameter Store when a container starts.',
  *find(context) {
    const { system } = context;
    const hidden = hiddenParameters(context);
    for (const { id, containers } of system.taskDefinitions)
      for (const { environment, properties } of containers)
        for (const { name, origin } of environment) {
          const list = properties['Environment'];
          const item = Array.isArray(list) ? (list[Number(origin.path.at(-1))] as unknown) : undefined;
          const value = (item as { readonly Value?: unknown } | undefined)?.Value;
          const what = secretIn(name, value, hidden);
          if (what !== undefined)
            yield found(
              id,
              { ...origin, path: [...origin.path, 'Value'] },
              {
                message: `${name} ${what}`,
                fix: {
                  says: `put it into a secret, and name ${name} under Secrets with ValueFrom`,
                  edits: [],
                },
              },
            );
        }
    for (const declared of ofType(
      system.resources,
      'AWS::EC2::Instance',
      'AWS::EC2::LaunchTemplate',
      'AWS::AutoScaling::LaunchConfiguration',
    )) {
      const inTemplate = declared.type === 'AWS::EC2::LaunchTemplate';
      const data = declared.properties['LaunchTemplateData'] as Record<string, unknown> | undefined;
      const name = passwordIn(textOf(inTemplate ? data?.['UserData'] : declared.properties['UserData']));
      const path = inTemplate ? ['LaunchTemplateData', 'UserData'] : ['UserData'];
      if (name !== undefined)
        yield found(declared.id, under(declared.origin, path), {
          message: `the user data sets ${name} in plain text`,
          fix: { says: 'let the instance read it from the Parameter Store or Secrets Manager', edits: [] },
        });
    }
  },
};

const SECRET =
  /(^|_)(PASS|PASSWD|PASSWORD|PWD|PASSPHRASE|SECRET|SECRETS|TOKEN|APIKEY|API_KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|ENCRYPTION_KEY|SIGNING_KEY|CREDENTIALS)(_|$|\d)/;
/** Names that speak about a secret, and do not hold one. */
const ABOUT =
  /_(FILE|PATH|DIR|ARN|NAME|ID|URL|URI|HOST|PORT|TTL|EXPIRY|EXPIRES|EXPIRES_IN|EXPIRATION|LENGTH|MIN|MAX|REGION|HEADER|ALGORITHM|ENABLED|REQUIRED|TYPE|ISSUER|ENDPOINT|SECONDS|MINUTES|HOURS|DAYS|POLICY|ROUNDS)$/;
const HARMLESS = /^(true|false|yes|no|on|off|none|null|\d{1,6}[smhd]?|changeme)?$/i;

function secretIn(name: string, value: unknown, hidden: ReadonlySet<string>): string | undefined {
  const key = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
  const named = SECRET.test(key) && !ABOUT.test(key);
  const [intrinsic, argument] = intrinsicOf(value) ?? [];
  const parameter = intrinsic === 'Ref' ? written(argument) : undefined;
  if (parameter !== undefined && hidden.has(parameter))
    return `has the value of the parameter ${parameter}, which is NoEcho, in plain text`;
  const resolved = /\{\{resolve:(secretsmanager|ssm-secure):/.exec(JSON.stringify(value) ?? '')?.[1];
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
  if (resolved !== undefined)
    return `is resolved from ${resolved} when the stack is deployed, and stands in the task definition in plain text`;
  if (typeof value !== 'string') return undefined;
  if (/\bAKIA[0-9A-Z]{16}\b/.test(value)) return 'has an access key of AWS in plain text';
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value)) return 'has a private key in plain text';
  // user:password@host
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@${}]+@/i.test(value))
    return 'has an address with a password in plain text';
  return named && !HARMLESS.test(value) && !value.startsWith('/') && !value.startsWith('arn:')
    ? 'has a password-like value in plain text'
    : undefined;
}

function hiddenParameters({ templates }: Context): ReadonlySet<string> {
  return new Set(
    templates.flatMap(({ stack, template }) =>
      Object.entries(template.Parameters ?? {}).flatMap(([name, { NoEcho }]) =>
        String(NoEcho) === 'true' ? [name, `${stack}/${name}`] : [],
      ),
    ),
  );
}

/** The text of user data, as far as it is known. */
function textOf(value: unknown): string {
  if (typeof value === 'string')
    return /^[A-Za-z0-9+/=\s]+$/.test(value) ? Buffer.from(value, 'base64').toString('utf8') : value;
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Fn::Base64') return textOf(argument);
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1]))
    return (argument[1] as unknown[])
      .map((part) => (typeof part === 'string' ? part : '$'))
      .join(written(argument[0]));
  return '';
}

function passwordIn(text: string): string | undefined {
  for (const [, name = '', value = ''] of text.matchAll(/\b([A-Za-z][A-Za-z0-9_]*)=["']?([^\s"'$`]{4,})/g)) {
    const key = name.toUpperCase();
    if (SECRET.test(key) && !ABOUT.test(key) && !HARMLESS.test(value) && !value.startsWith('/')) return name;
  }
  return undefined;
}
