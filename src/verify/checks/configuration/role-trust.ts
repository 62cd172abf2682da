import { ofType } from '../../../topology/from-template/declared.ts';
import { readerOf, type Reader } from '../../../topology/from-template/values.ts';
import { isUnknown, known, type Declared, type System, type Value } from '../../../topology/system.ts';
import { several, isStatement } from '../../iam/arn.ts';
import { trustedBy } from '../../iam/roles.ts';
import type { Check, Edit } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { trust } from './grants.ts';

export const roleTrust: Check = {
  id: 'role-trust',
  title: 'Each role trusts the service that has to assume it',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html',
  why: 'The service cannot assume the role, and what needs it does not start: a task stays without credentials, or is not started at all.',
  *find({ system }) {
    const asked = new Map<string, { readonly service: string; readonly uses: string[] }>();
    for (const { role, service, use } of usesOf(system)) {
      const id = known(role);
      const declared = id === undefined ? undefined : system.resources.get(id);
      // Whom a role of the account trusts is not to be seen, and it is no role of this template that could be wrong.
      if (declared?.type !== 'AWS::IAM::Role') continue;
      const key = `${declared.id} ${service}`;
      const entry = asked.get(key);
      if (entry) entry.uses.push(use);
      else asked.set(key, { service, uses: [use] });
    }
    for (const [key, { service, uses }] of asked) {
      const declared = system.resources.get(key.slice(0, key.lastIndexOf(' ')))!;
      const { services, open } = trustedBy(declared);
      if (services.includes(service) || services.includes('*')) continue;
      const origin = under(declared.origin, 'AssumeRolePolicyDocument');
      if (open !== undefined) {
        yield cannotTell(declared.id, origin, open);
        continue;
      }
      const whom = services.length === 0 ? 'no service' : services.join(', ');
      yield found(declared.id, origin, {
        message: `${declared.id} trusts ${whom}, and as ${uses[0]} it has to trust ${service}`,
        fix: { says: `let ${service} assume it`, edits: [trusting(declared, service)] },
      });
    }
  },
};

interface Use {
  readonly role: Value<string> | undefined;
  readonly service: string;
  readonly use: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html */
function* usesOf(system: System): Iterable<Use> {
  for (const { id, executionRoleId, taskRoleId } of system.taskDefinitions) {
    const service = 'ecs-tasks.amazonaws.com';
    yield { role: executionRoleId, service, use: `the execution role of ${id}` };
    yield { role: taskRoleId, service, use: `the task role of ${id}` };
  }
  for (const declared of ofType(system.resources, 'AWS::ECS::Service')) {
    const read = readerOf(declared);
    const service = 'ecs.amazonaws.com';
    yield { role: read.id('Role'), service, use: `the role of ${declared.id}` };
    for (const part of infrastructure(read))
      yield { role: part.id('RoleArn'), service, use: `the infrastructure role of ${declared.id}` };
  }
  for (const { role, use } of instanceRoles(system)) yield { role, service: 'ec2.amazonaws.com', use };
  for (const declared of ofType(system.resources, 'AWS::Events::Rule'))
    for (const target of readerOf(declared).items('Targets'))
      if (target.part('EcsParameters'))
        yield {
          role: target.id('RoleArn'),
          service: 'events.amazonaws.com',
          use: `the role of ${declared.id}`,
        };
  for (const declared of ofType(system.resources, 'AWS::Scheduler::Schedule')) {
    const role = readerOf(declared).part('Target')?.id('RoleArn');
    yield { role, service: 'scheduler.amazonaws.com', use: `the role of ${declared.id}` };
  }
  for (const declared of ofType(system.resources, 'AWS::Lambda::Function'))
    yield {
      role: readerOf(declared).id('Role'),
      service: 'lambda.amazonaws.com',
      use: `the role of ${declared.id}`,
    };
}

function infrastructure(read: Reader): Reader[] {
  return [
    ...read.items('VolumeConfigurations').flatMap((volume) => volume.part('ManagedEBSVolume') ?? []),
    ...read.items('LoadBalancers').flatMap((target) => target.part('AdvancedConfiguration') ?? []),
    ...(read.part('ServiceConnectConfiguration')?.items('Services') ?? []).flatMap(
      (service) => service.part('Tls') ?? [],
    ),
  ];
}

/** Roles of instances stand in profiles. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html */
function* instanceRoles(
  system: System,
): Iterable<{ readonly role: Value<string> | undefined; readonly use: string }> {
  for (const declared of ofType(system.resources, 'AWS::IAM::InstanceProfile')) {
    const roles = readerOf(declared).ids('Roles');
    if (roles === undefined || isUnknown(roles)) continue;
    for (const role of roles) yield { role, use: `the role of the instances of ${declared.id}` };
  }
}

/** A statement beside the others; in the place of the only one where that trusts nobody. */
function trusting(role: Declared, service: string): Edit {
  const path = [...role.origin.path, 'Properties', 'AssumeRolePolicyDocument'];
  const statements = (readerOf(role).raw('AssumeRolePolicyDocument') as Record<string, unknown>)['Statement'];
  const [added] = trust(service).Statement;
  if (Array.isArray(statements)) return { kind: 'append', path: [...path, 'Statement'], value: added };
  const old = several(statements).filter(isStatement);
  return { kind: 'set', path: [...path, 'Statement'], value: [...old, added] };
}
