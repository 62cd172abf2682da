import type { Role } from '@aws-sdk/client-iam';
import type { Handlers } from '../../gateway/types.ts';
import {
  alreadyExists,
  checkName,
  checkPath,
  deleteConflict,
  invalidInput,
  operation,
  pageOf,
  validation,
} from './errors.ts';
import { checkPolicy, encodeDocument } from './policy-document.ts';
import { drawId, type IamState, type RoleRecord } from './state.ts';
import { readTags, tagList } from './tag-set.ts';

export function roleHandlers(state: IamState): Handlers<typeof import('@aws-sdk/client-iam')> {
  return {
    CreateRole: operation(
      ['RoleName', 'Path', 'AssumeRolePolicyDocument', 'Description', 'MaxSessionDuration', 'Tags'],
      ({ RoleName, Path, AssumeRolePolicyDocument, Description, MaxSessionDuration, Tags }) => {
        const role: RoleRecord = {
          name: checkName('roleName', RoleName, 64),
          path: checkPath(Path),
          id: drawId('AROA'),
          createDate: state.now(),
          trustPolicy: checkPolicy('trust', AssumeRolePolicyDocument),
          description: checkDescription(Description),
          maxSessionDuration: checkSessionDuration(MaxSessionDuration ?? 3600),
          inline: {},
          attached: [],
          tags: readTags(Tags),
        };
        if (role.path.startsWith('/aws-service-role/'))
          throw invalidInput('Path /aws-service-role/ is for CreateServiceLinkedRole');
        if (state.roles.has(role.name.toLowerCase()))
          throw alreadyExists(`Role with name ${role.name} already exists.`);
        state.save(role);
        return { Role: roleView(state, role) };
      },
    ),
    GetRole: operation(['RoleName'], ({ RoleName }) => ({ Role: roleView(state, state.role(RoleName)) })),
    ListRoles: operation(['PathPrefix', 'Marker', 'MaxItems'], (input) => {
      const { PathPrefix = '/' } = input;
      const matching = [...state.roles.values()].filter(({ path }) => path.startsWith(PathPrefix));
      const { items, rest } = pageOf(matching, ({ name }) => name, input);
      // https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html: without tags
      return { Roles: items.map((role) => ({ ...roleView(state, role), Tags: undefined })), ...rest };
    }),
    UpdateRole: operation(
      ['RoleName', 'Description', 'MaxSessionDuration'],
      ({ RoleName, Description, MaxSessionDuration }) => {
        const role = state.role(RoleName);
        state.save({
          ...role,
          ...(Description === undefined ? {} : { description: checkDescription(Description) }),
          ...(MaxSessionDuration === undefined
            ? {}
            : { maxSessionDuration: checkSessionDuration(MaxSessionDuration) }),
        });
        return {};
      },
    ),
    UpdateRoleDescription: operation(['RoleName', 'Description'], ({ RoleName, Description }) => {
      const role = { ...state.role(RoleName), description: checkDescription(Description) };
      state.save(role);
      return { Role: roleView(state, role) };
    }),
    UpdateAssumeRolePolicy: operation(['RoleName', 'PolicyDocument'], ({ RoleName, PolicyDocument }) => {
      state.save({ ...state.role(RoleName), trustPolicy: checkPolicy('trust', PolicyDocument) });
      return {};
    }),
    DeleteRole: operation(['RoleName'], ({ RoleName }) => {
      const role = state.role(RoleName);
      if (role.attached.length > 0)
        throw deleteConflict('Cannot delete entity, must detach all policies first.');
      if (Object.keys(role.inline).length > 0)
        throw deleteConflict('Cannot delete entity, must delete policies first.');
      state.roles.delete(role.name.toLowerCase());
      return {};
    }),
    // No instance profile can hold a role here: CreateInstanceProfile is not enacted.
    ListInstanceProfilesForRole: operation(['RoleName', 'Marker', 'MaxItems'], ({ RoleName }) => {
      state.role(RoleName);
      return { InstanceProfiles: [], IsTruncated: false };
    }),
  };
}

export function roleView(state: IamState, role: RoleRecord): Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: state.roleArn(role),
    CreateDate: role.createDate,
    AssumeRolePolicyDocument: encodeDocument(role.trustPolicy),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
    ...(Object.keys(role.tags).length > 0 ? { Tags: tagList(role.tags) } : {}),
    RoleLastUsed: {},
  };
}

function checkDescription(description: string | undefined): string | undefined {
  if (description !== undefined && description.length > 1000)
    throw validation('description', description, 'Member must have length less than or equal to 1000');
  return description;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
function checkSessionDuration(seconds: number): number {
  if (!(seconds >= 3600 && seconds <= 43_200))
    throw validation('maxSessionDuration', seconds, 'Member must have value between 3600 and 43200');
  return seconds;
}
