import type { Origin } from '../../../topology/model.ts';
import type { Edit, Fix } from '../../model.ts';
import { readerOf } from '../../../topology/from-template/values.ts';
import type { Declared } from '../../../topology/system.ts';

/** Actions that a role lacks, by the resource they are wanted on, in the words of CloudFormation. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resource: unknown;
}

/** How a role gets what it lacks: an inline policy of its own, named after what it is for. */
export function grantTo(role: Declared, name: string, grants: readonly Grant[]): Fix {
  const policy = {
    PolicyName: name,
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: grants.map(({ actions, resource }) => ({
        Effect: 'Allow',
        Action: actions,
        Resource: resource,
      })),
    },
  };
  const path = [...role.origin.path, 'Properties', 'Policies'];
  const actions = [...new Set(grants.flatMap((grant) => grant.actions))];
  const edit: Edit =
    readerOf(role).raw('Policies') === undefined
      ? { kind: 'set', path, value: [policy] }
      : { kind: 'append', path, value: policy };
  return { says: `allow ${role.id} ${actions.join(', ')}`, edits: [edit] };
}

/** How a task definition gets a role where it has none. */
export function newRole(
  taskDefinition: { readonly id: string; readonly origin: Origin },
  property: 'ExecutionRoleArn' | 'TaskRoleArn',
  taken: (id: string) => boolean,
  properties: Readonly<Record<string, unknown>>,
): Fix {
  const wanted = `${taskDefinition.id.replace(/[^A-Za-z0-9]/g, '')}${property.replace('Arn', '')}`;
  let id = wanted;
  for (let number = 2; taken(id); number++) id = `${wanted}${number}`;
  return {
    says: `write ${property}, and a role that has it`,
    edits: [
      {
        kind: 'add-resource',
        id,
        resource: {
          Type: 'AWS::IAM::Role',
          Properties: { AssumeRolePolicyDocument: trust('ecs-tasks.amazonaws.com'), ...properties },
        },
      },
      {
        kind: 'set',
        path: [...taskDefinition.origin.path, 'Properties', property],
        value: { 'Fn::GetAtt': [id, 'Arn'] },
      },
    ],
  };
}

export const trust = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});
