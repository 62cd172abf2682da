import { gone } from '../engine/failure.ts';
import { resourceType, type Existing } from './resource-type.ts';

interface Properties {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
  readonly Roles?: readonly string[];
}

/** An inline policy of each of the roles. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html */
export const policy = resourceType<Properties>({
  type: 'AWS::IAM::Policy',
  properties: ['PolicyName', 'PolicyDocument', 'Roles'],
  create: async ({ name }) => name,
  /** Nothing is made before `sync`, which puts. */
  find: async () => undefined,
  async sync(existing) {
    const { region, properties, before, tried } = existing;
    const { PolicyName, PolicyDocument, Roles = [] } = properties;
    for (const RoleName of Roles)
      await region.api.iam.PutRolePolicy({ RoleName, PolicyName, PolicyDocument: text(PolicyDocument) });
    for (const old of [before, ...tried])
      if (old)
        await remove(
          existing,
          old.PolicyName,
          (old.Roles ?? []).filter((role) => old.PolicyName !== PolicyName || !Roles.includes(role)),
        );
  },
  read: async ({ physicalId }) => ({ Id: physicalId }),
  delete: (existing) => remove(existing, existing.properties.PolicyName, existing.properties.Roles ?? []),
});

async function remove(
  { region }: Existing<Properties>,
  PolicyName: string,
  roles: readonly string[],
): Promise<void> {
  for (const RoleName of roles) await gone(region.api.iam.DeleteRolePolicy({ RoleName, PolicyName }));
}

function text(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}
