import { isUnknown, known } from '../../../topology/system.ts';
import { allows } from '../../iam/allows.ts';
import { isRole, roleOf } from '../../iam/roles.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { grantTo, newRole } from './grants.ts';
import { onFargate } from './needs.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html */
const ACTIONS = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map(
  (name) => `ssmmessages:${name}`,
);

export const execPermissionMissing: Check = {
  id: 'exec-permission-missing',
  title: 'The task role of a service with ECS Exec may open its channels',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html',
  why: 'The agent in the task cannot open its channels to Systems Manager, and aws ecs execute-command fails.',
  *find({ system }) {
    const isResource = (id: string): boolean => system.resources.has(id);
    const seen = new Set<string>();
    for (const service of system.services) {
      if (!service.executeCommand) continue;
      const definition = system.taskDefinitions.find(({ id }) => id === known(service.taskDefinitionId));
      const origin = under(service.origin, 'EnableExecuteCommand');
      if (!definition) {
        yield cannotTell(service.id, origin, 'its task definition is not in the templates');
        continue;
      }
      const { taskRoleId } = definition;
      if (taskRoleId === undefined) {
        // An instance's own role may do instead.
        if (!onFargate(system, definition)) {
          yield cannotTell(service.id, origin, 'its tasks have the role of the instance they are on');
          continue;
        }
        if (seen.has(definition.id)) continue;
        seen.add(definition.id);
        const statement = { Effect: 'Allow', Action: ACTIONS, Resource: '*' };
        yield found(service.id, origin, {
          message: `${service.id} has ECS Exec on, and ${definition.id} has no task role that allows ssmmessages`,
          fix: newRole(definition, 'TaskRoleArn', isResource, {
            Policies: [
              { PolicyName: 'exec', PolicyDocument: { Version: '2012-10-17', Statement: [statement] } },
            ],
          }),
        });
        continue;
      }
      const role = roleOf(system, taskRoleId);
      if (!isRole(role)) {
        yield cannotTell(service.id, origin, role.unknown);
        continue;
      }
      const answers = ACTIONS.map(
        (action) => [action, allows(role, action, { arn: '*' }, isResource)] as const,
      );
      const missing = answers.flatMap(([action, answer]) => (answer === 'no' ? [action] : []));
      const open = answers.map(([, answer]) => answer).find(isUnknown);
      if (missing.length > 0) {
        if (seen.has(role.id)) continue;
        seen.add(role.id);
        yield found(service.id, origin, {
          message: `${service.id} has ECS Exec on, and its task role ${role.id} does not allow ${missing.join(', ')}`,
          fix: grantTo(role.declared, 'exec', [{ actions: missing, resource: '*' }]),
        });
      } else if (open) yield cannotTell(service.id, origin, open.unknown);
    }
  },
};
