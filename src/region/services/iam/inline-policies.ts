import type { Handlers } from '../../gateway/types.ts';
import { checkName, noSuchEntity, operation, pageOf } from './errors.ts';
import { checkPolicy, checkSize, encodeDocument, POLICY_BYTES, policySize } from './policy-document.ts';
import type { IamState, RoleRecord } from './state.ts';

export function inlinePolicyHandlers(state: IamState): Handlers<typeof import('@aws-sdk/client-iam')> {
  return {
    PutRolePolicy: operation(
      ['RoleName', 'PolicyName', 'PolicyDocument'],
      ({ RoleName, PolicyName, PolicyDocument }) => {
        const role = state.role(RoleName);
        const name = checkName('policyName', PolicyName, 128);
        const inline = { ...role.inline, [name]: checkPolicy('identity', PolicyDocument) };
        const size = Object.values(inline).reduce((sum, text) => sum + policySize(text), 0);
        checkSize(`role ${role.name} PolicySize`, size, POLICY_BYTES.inlineOfRole);
        state.save({ ...role, inline });
        return {};
      },
    ),
    GetRolePolicy: operation(['RoleName', 'PolicyName'], ({ RoleName, PolicyName = '' }) => {
      const role = state.role(RoleName);
      return {
        RoleName: role.name,
        PolicyName,
        PolicyDocument: encodeDocument(inlinePolicy(role, PolicyName)),
      };
    }),
    ListRolePolicies: operation(['RoleName', 'Marker', 'MaxItems'], (input) => {
      const names = Object.keys(state.role(input.RoleName).inline);
      const { items, rest } = pageOf(names, (name) => name, input);
      return { PolicyNames: [...items], ...rest };
    }),
    DeleteRolePolicy: operation(['RoleName', 'PolicyName'], ({ RoleName, PolicyName = '' }) => {
      const role = state.role(RoleName);
      inlinePolicy(role, PolicyName);
      const { [PolicyName]: _gone, ...inline } = role.inline;
      state.save({ ...role, inline });
      return {};
    }),
  };
}

function inlinePolicy({ inline }: RoleRecord, name: string): string {
  const text = Object.hasOwn(inline, name) ? inline[name] : undefined;
  if (text === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  return text;
}
