import type { Handlers } from '../../gateway/types.ts';
import { invalidInput, noSuchEntity, operation } from './errors.ts';
import { roleView } from './roles.ts';
import { drawId, type IamState, type RoleRecord } from './state.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html */
const NAMES: Readonly<Record<string, string>> = {
  'ecs.amazonaws.com': 'AWSServiceRoleForECS',
  'elasticloadbalancing.amazonaws.com': 'AWSServiceRoleForElasticLoadBalancing',
  'ecs.application-autoscaling.amazonaws.com': 'AWSServiceRoleForApplicationAutoScaling_ECSService',
  'autoscaling.amazonaws.com': 'AWSServiceRoleForAutoScaling',
  'rds.amazonaws.com': 'AWSServiceRoleForRDS',
};

export function serviceLinkedRoleHandlers(state: IamState): Handlers<typeof import('@aws-sdk/client-iam')> {
  return {
    CreateServiceLinkedRole: operation(
      ['AWSServiceName', 'Description'],
      ({ AWSServiceName = '', Description }) => {
        const name = Object.hasOwn(NAMES, AWSServiceName) ? NAMES[AWSServiceName] : undefined;
        if (!name)
          throw invalidInput(
            `The service ${AWSServiceName} has no service-linked role in the local region; these have: ${Object.keys(NAMES).join(', ')}`,
          );
        if (state.roles.has(name.toLowerCase()))
          throw invalidInput(
            `Service role name ${name} has been taken in this account, please try a different suffix.`,
          );
        const role: RoleRecord = {
          name,
          path: `/aws-service-role/${AWSServiceName}/`,
          id: drawId('AROA'),
          createDate: state.now(),
          trustPolicy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: ['sts:AssumeRole'], Principal: { Service: [AWSServiceName] } },
            ],
          }),
          description: Description,
          maxSessionDuration: 3600,
          inline: {},
          attached: [],
          tags: {},
        };
        state.save(role);
        return { Role: roleView(state, role) };
      },
    ),
    DeleteServiceLinkedRole: operation(['RoleName'], ({ RoleName }) => {
      const role = state.role(RoleName);
      if (!role.path.startsWith('/aws-service-role/'))
        throw noSuchEntity(`The role with name ${role.name} is not a service-linked role.`);
      state.roles.delete(role.name.toLowerCase());
      return { DeletionTaskId: `task${role.path}${role.name}/${role.id}` };
    }),
    // The work is done before the call returns, so that a poll finds the end at once.
    GetServiceLinkedRoleDeletionStatus: operation(['DeletionTaskId'], ({ DeletionTaskId = '' }) => {
      if (!DeletionTaskId.startsWith('task/aws-service-role/'))
        throw noSuchEntity(`The deletion task ${DeletionTaskId} cannot be found.`);
      return { Status: 'SUCCEEDED' };
    }),
  };
}
