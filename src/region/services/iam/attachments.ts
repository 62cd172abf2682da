import type { Handlers } from '../../gateway/types.ts';
import { invalidInput, limitExceeded, noSuchEntity, operation, pageOf } from './errors.ts';
import { AWS_MANAGED, type IamState } from './state.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST_ATTACHED = 10;
export function attachmentHandlers(state: IamState): Handlers<typeof import('@aws-sdk/client-iam')> {
  return {
    AttachRolePolicy: operation(['RoleName', 'PolicyArn'], ({ RoleName, PolicyArn = '' }) => {
      const role = state.role(RoleName);
      if (!PolicyArn.startsWith('arn:')) throw invalidInput(`ARN ${PolicyArn} is not valid.`);
      if (!state.policies.has(PolicyArn) && !AWS_MANAGED.test(PolicyArn))
        throw noSuchEntity(`Policy ${PolicyArn} does not exist or is not attachable.`);
      if (role.attached.includes(PolicyArn)) return {};
      if (role.attached.length >= MOST_ATTACHED)
        throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${MOST_ATTACHED}`);
      state.save({ ...role, attached: [...role.attached, PolicyArn] });
      return {};
    }),
    DetachRolePolicy: operation(['RoleName', 'PolicyArn'], ({ RoleName, PolicyArn = '' }) => {
      const role = state.role(RoleName);
      if (!role.attached.includes(PolicyArn)) throw noSuchEntity(`Policy ${PolicyArn} was not found.`);
      state.save({ ...role, attached: role.attached.filter((arn) => arn !== PolicyArn) });
      return {};
    }),
    ListAttachedRolePolicies: operation(['RoleName', 'PathPrefix', 'Marker', 'MaxItems'], (input) => {
      const { PathPrefix = '/' } = input;
      const attached = state
        .role(input.RoleName)
        .attached.map((arn) => ({ arn, ...pathAndName(arn) }))
        .filter(({ path }) => path.startsWith(PathPrefix));
      const { items, rest } = pageOf(attached, ({ name, arn }) => `${name} ${arn}`, input);
      return {
        AttachedPolicies: items.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn })),
        ...rest,
      };
    }),
  };
}

/** `arn:aws:iam::aws:policy/service-role/X`: path `/service-role/`, name `X`. */
export function pathAndName(arn: string): { readonly path: string; readonly name: string } {
  const resource = arn.slice(arn.indexOf(':policy/') + ':policy'.length);
  const slash = resource.lastIndexOf('/') + 1;
  return { path: resource.slice(0, slash), name: resource.slice(slash) };
}
