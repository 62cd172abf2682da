import { isUnknown, type System, type TaskDefinition } from '../../../topology/system.ts';
import { allows } from '../../iam/allows.ts';
import { isRole, roleOf, type Role } from '../../iam/roles.ts';
import type { Check, Report } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { grantTo, newRole, type Grant } from './grants.ts';
import { needsOf, onFargate, type Need } from './needs.ts';

export const executionRoleMissingPermission: Check = {
  id: 'execution-role-missing-permission',
  title: 'The execution role may pull, log and read what is injected',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html',
  why: 'The task stops before its containers start: “ResourceInitializationError: unable to pull secrets or registry auth: … is not authorized to perform …”.',
  *find({ system }) {
    const byRole = new Map<string, { readonly role: Role; readonly needs: Need[] }>();
    for (const definition of system.taskDefinitions) {
      const needs = needsOf(system, definition);
      const { executionRoleId, origin, id } = definition;
      if (executionRoleId === undefined) {
        yield* withoutRole(system, definition, needs);
        continue;
      }
      if (needs.length === 0) continue;
      const role = roleOf(system, executionRoleId);
      if (!isRole(role)) yield cannotTell(id, under(origin, 'ExecutionRoleArn'), role.unknown);
      else if (byRole.has(role.id)) byRole.get(role.id)!.needs.push(...needs);
      else byRole.set(role.id, { role, needs });
    }
    for (const { role, needs } of byRole.values()) yield* lacking(system, role, needs);
  },
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
function* withoutRole(system: System, definition: TaskDefinition, needs: readonly Need[]): Iterable<Report> {
  const fargate = onFargate(system, definition);
  const wanted = needs.filter(({ byInstance }) => fargate || !byInstance);
  if (wanted.length === 0) return;
  const own = wanted.filter(({ byInstance }) => !byInstance);
  const taken = (id: string): boolean => system.resources.has(id);
  yield found(definition.id, definition.origin, {
    message: `${definition.id} has no ExecutionRoleArn, and needs one ${listed(wanted)}`,
    fix: newRole(definition, 'ExecutionRoleArn', taken, {
      ...(wanted.length > own.length ? { ManagedPolicyArns: [MANAGED_ARN] } : {}),
      ...(own.length > 0
        ? {
            Policies: [
              {
                PolicyName: 'secrets',
                PolicyDocument: {
                  Version: '2012-10-17',
                  Statement: own.map(({ actions, resource }) => ({
                    Effect: 'Allow',
                    Action: actions,
                    Resource: resource,
                  })),
                },
              },
            ],
          }
        : {}),
    }),
  });
}
const MANAGED_ARN = {
  'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy',
};

function* lacking(system: System, role: Role, needs: readonly Need[]): Iterable<Report> {
  const isResource = (id: string): boolean => system.resources.has(id);
  const missing: { readonly need: Need; readonly actions: readonly string[] }[] = [];
  let open: string | undefined;
  for (const need of needs) {
    const answers = need.actions.map(
      (action) => [action, allows(role, action, need.asked, isResource)] as const,
    );
    const actions = answers.flatMap(([action, answer]) => (answer === 'no' ? [action] : []));
    if (actions.length > 0) missing.push({ need, actions });
    open ??= answers.map(([, answer]) => answer).find(isUnknown)?.unknown;
  }
  const origin = role.declared.origin;
  if (missing.length > 0) {
    const actions = [...new Set(missing.flatMap((item) => item.actions))];
    yield found(role.id, origin, {
      message: `${role.id} does not allow ${actions.join(', ')}, which it needs ${listed(missing.map(({ need }) => need))}`,
      fix: grantTo(role.declared, 'execution', together(missing)),
    });
  } else if (open !== undefined) yield cannotTell(role.id, origin, open);
}

function listed(needs: readonly Need[]): string {
  const purposes = [...new Set(needs.map(({ purpose }) => purpose))];
  return purposes.length > 3
    ? `${purposes.slice(0, 3).join(', ')} and ${purposes.length - 3} more`
    : purposes.join(', ');
}

function together(missing: readonly { readonly need: Need; readonly actions: readonly string[] }[]): Grant[] {
  const byResource = new Map<string, { actions: Set<string>; resource: unknown }>();
  for (const { need, actions } of missing) {
    const key = JSON.stringify(need.resource);
    const grant = byResource.get(key) ?? { actions: new Set<string>(), resource: need.resource };
    for (const action of actions) grant.actions.add(action);
    byResource.set(key, grant);
  }
  return [...byResource.values()].map(({ actions, resource }) => ({ actions: [...actions], resource }));
}
