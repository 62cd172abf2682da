import { intrinsicOf } from '../../template/symbolic.ts';
import type { Origin } from '../../topology/model.ts';
import { type Declared, known, type System, type Value, isUnknown } from '../../topology/system.ts';
import { ofType } from '../../topology/from-template/declared.ts';
import { isRecord, type Reader, readerOf, unknown } from '../../topology/from-template/values.ts';
import { isStatement, several } from './arn.ts';
import { MANAGED, POWER_USER_LACKS } from './managed-policies.ts';

/** One statement of a policy as it is written. */
export interface Statement {
  readonly allow: boolean;
  readonly actions: readonly unknown[];
  readonly notActions: readonly unknown[];
  readonly resources: readonly unknown[];
  readonly notResources: readonly unknown[];
  readonly conditional: boolean;
  readonly origin: Origin;
}

/** A role of the templates with everything that is attached to it. */
export interface Role {
  readonly id: string;
  readonly declared: Declared;
  readonly statements: readonly Statement[];
  /** Why it may be allowed more than is seen. */
  readonly open?: string;
}

/** The role that a value names, or why it is not known. */
export function roleOf(system: System, id: Value<string>): Role | { readonly unknown: string } {
  if (isUnknown(id)) return id;
  const declared = system.resources.get(id);
  if (declared?.type !== 'AWS::IAM::Role')
    return { unknown: `what the role ${id} may do is known to the account only` };
  if (declared.uncertain !== undefined) return { unknown: declared.uncertain };
  const read = readerOf(declared);
  const managed = managedBy(system, read);
  const inline = inlineOf(read);
  const apart = attachedTo({ id, ...policiesOf(system) }, known(read.text('RoleName')));
  const opens = [managed.open, inline.open, apart.open].find((why) => why !== undefined);
  return {
    id,
    declared,
    statements: [...managed.statements, ...inline.statements, ...apart.statements],
    ...(opens === undefined ? {} : { open: opens }),
  };
}

interface Attached {
  readonly statements: readonly Statement[];
  readonly open?: string | undefined;
}

export function inlineOf(read: Reader): Attached {
  const list = read.raw('Policies');
  if (list !== undefined && !Array.isArray(list)) return { statements: [], open: unknown(list).unknown };
  const strange = (list ?? []).find((item) => !isStatement(item));
  return {
    statements: read.items('Policies').flatMap((policy) => statementsOf(policy)),
    open: strange === undefined ? undefined : unknown(strange).unknown,
  };
}

/** Policies that are resources of their own and name the role. */
function attachedTo({ id, open, statements }: Attachments, name: string | undefined): Attached {
  const mine = [id, ...(name === undefined || name === id ? [] : [name])];
  return {
    statements: mine.flatMap((own) => statements.get(own) ?? []),
    open: open.get('*') ?? mine.map((own) => open.get(own)).find((why) => why !== undefined),
  };
}

interface Policies {
  readonly statements: ReadonlyMap<string, readonly Statement[]>;
  /** Why a role may have more, by role; `*` for all of them. */
  readonly open: ReadonlyMap<string, string>;
}
interface Attachments extends Policies {
  readonly id: string;
}

/** Made once for each system: there may be a thousand roles, and as many policies. */
const policies = new WeakMap<System, Policies>();

function policiesOf(system: System): Policies {
  const already = policies.get(system);
  if (already) return already;
  const statements = new Map<string, Statement[]>();
  const open = new Map<string, string>();
  for (const policy of ofType(system.resources, ...APART)) {
    const read = readerOf(policy);
    const roles = policy.type === 'AWS::IAM::RolePolicy' ? one(read.id('RoleName')) : read.ids('Roles');
    if (roles === undefined) continue;
    if (isUnknown(roles)) {
      open.set('*', roles.unknown);
      continue;
    }
    for (const role of roles)
      if (policy.uncertain !== undefined) open.set(role, policy.uncertain);
      else statements.set(role, [...(statements.get(role) ?? []), ...statementsOf(read)]);
  }
  const connected = [...system.resources.values()].some(({ type }) => type.startsWith('AWS::Serverless::'));
  // https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/managing-permissions-connectors.html
  if (connected) open.set('*', 'the transform AWS::Serverless may add to its policies');
  const made = { statements, open };
  policies.set(system, made);
  return made;
}
const APART = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy'];
const one = (value: Value<string> | undefined): Value<readonly string[]> | undefined =>
  value === undefined || isUnknown(value) ? value : [value];

function managedBy(system: System, read: Reader): Attached {
  const list = read.raw('ManagedPolicyArns');
  if (list === undefined) return { statements: [] };
  if (!Array.isArray(list)) return { statements: [], open: unknown(list).unknown };
  const statements: Statement[] = [];
  let open: string | undefined;
  list.forEach((item: unknown, index) => {
    const origin = { ...read.origin, path: [...read.origin.path, 'ManagedPolicyArns', index] };
    const own = system.resources.get(referred(item) ?? '');
    if (own?.type === 'AWS::IAM::ManagedPolicy') {
      statements.push(...statementsOf(readerOf(own)));
      return;
    }
    const name = managedName(item);
    const actions = MANAGED[name ?? ''];
    const base = { allow: true, resources: ['*'], notResources: [], conditional: false, origin };
    if (actions) statements.push({ ...base, actions, notActions: [] });
    else if (name === 'PowerUserAccess')
      statements.push({ ...base, actions: [], notActions: POWER_USER_LACKS });
    else open ??= `what the policy ${name ?? 'of another stack'} allows is not known here`;
  });
  return { statements, open };
}

const referred = (value: unknown): string | undefined => {
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return String(argument);
  return name === 'Fn::GetAtt' ? String([argument].flat()[0]) : undefined;
};

/** The name of a policy that AWS manages; the partition of its ARN may be open. */
export function managedName(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /:iam::aws:policy\/(?:[\w-]+\/)*([\w+=,.@-]+)/.exec(text)?.[1];
}

/** The statements of the policy document of a policy. */
export function statementsOf(policy: Reader): Statement[] {
  const document = policy.raw('PolicyDocument');
  if (!isRecord(document)) return [];
  const list = several(document['Statement']);
  return list.flatMap((statement, index): Statement[] => {
    if (!isStatement(statement)) return [];
    const at = Array.isArray(document['Statement']) ? ['Statement', index] : ['Statement'];
    return [
      {
        allow: statement['Effect'] !== 'Deny',
        actions: several(statement['Action']),
        notActions: several(statement['NotAction']),
        resources: several(statement['Resource']),
        notResources: several(statement['NotResource']),
        conditional: statement['Condition'] !== undefined,
        origin: { ...policy.origin, path: [...policy.origin.path, 'PolicyDocument', ...at] },
      },
    ];
  });
}

/** What a role's trust policy lets assume it. */
export function trustedBy(role: Declared): { readonly services: readonly string[]; readonly open?: string } {
  const document = readerOf(role).raw('AssumeRolePolicyDocument');
  if (!isRecord(document) || intrinsicOf(document)) return { services: [], open: unknown(document).unknown };
  const services: string[] = [];
  let open: string | undefined;
  for (const statement of several(document['Statement'])) {
    if (!isStatement(statement)) {
      open = unknown(statement).unknown;
      continue;
    }
    const assumes = several(statement['Action']).some((action) =>
      /^(sts:\*|\*|sts:AssumeRole)$/i.test(String(action)),
    );
    if (statement['Effect'] !== 'Allow' || !assumes) continue;
    const principal = statement['Principal'];
    if (principal === '*') services.push('*');
    if (!isRecord(principal)) continue;
    for (const service of several(principal['Service'])) {
      const text = serviceName(service);
      if (text === undefined) open = unknown(service).unknown;
      else services.push(text);
    }
  }
  return { services, ...(open === undefined ? {} : { open }) };
}

/** `ecs-tasks.${AWS::URLSuffix}` is `ecs-tasks.amazonaws.com`. */
function serviceName(value: unknown): string | undefined {
  if (typeof value === 'string') return value.replace(/\.cn$/, '');
  const [name, argument] = intrinsicOf(value) ?? [];
  const parts = name === 'Fn::Join' && Array.isArray(argument) ? (argument[1] as unknown) : undefined;
  if (!Array.isArray(parts)) return undefined;
  const texts = parts.map((part: unknown) =>
    isRecord(part) && part['Ref'] === 'AWS::URLSuffix' ? 'amazonaws.com' : part,
  );
  return texts.every((text) => typeof text === 'string') ? texts.join('') : undefined;
}

export const isRole = (role: Role | { readonly unknown: string }): role is Role =>
  Object.hasOwn(role, 'statements');
export const nameOf = (role: Role): string => known(readerOf(role.declared).text('RoleName')) ?? role.id;
