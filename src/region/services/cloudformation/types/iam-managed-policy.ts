import { gone, orMissing } from '../engine/failure.ts';
import { changed, listChanges } from './changes.ts';
import { resourceType, type Context, type Existing } from './resource-type.ts';

interface Properties {
  readonly ManagedPolicyName?: string;
  readonly Path?: string;
  readonly Description?: string;
  readonly PolicyDocument: unknown;
  readonly Roles?: readonly string[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html */
export const managedPolicy = resourceType<Properties>({
  type: 'AWS::IAM::ManagedPolicy',
  properties: ['ManagedPolicyName', 'Path', 'Description', 'PolicyDocument', 'Roles'],
  naming: { property: 'ManagedPolicyName', limit: 128 },
  async create({ region, name, properties: { Path, Description, PolicyDocument } }) {
    const { Policy } = await region.api.iam.CreatePolicy({
      PolicyName: name,
      Path,
      Description,
      PolicyDocument: text(PolicyDocument),
    });
    return Policy!.Arn!;
  },
  /** A policy that was there before is somebody else's. */
  async find(context) {
    const PolicyArn = arnOf(context);
    const found = await orMissing(context.region.api.iam.GetPolicy({ PolicyArn }));
    const since = Math.floor(context.begunAt.getTime() / 1000) * 1000;
    return (found?.Policy?.CreateDate?.getTime() ?? 0) >= since ? PolicyArn : undefined;
  },
  async sync(existing) {
    const { region, physicalId: PolicyArn, properties, before, tried } = existing;
    const { iam } = region.api;
    if (before && changed(existing, 'PolicyDocument')) await replaceDocument(existing);
    const { added, removed } = listChanges(
      properties.Roles ?? [],
      before?.Roles ?? [],
      tried.map((other) => other.Roles ?? []),
    );
    for (const RoleName of added) await iam.AttachRolePolicy({ RoleName, PolicyArn });
    for (const RoleName of removed) await gone(iam.DetachRolePolicy({ RoleName, PolicyArn }));
  },
  async read({ region, physicalId: PolicyArn }) {
    const { Policy } = await region.api.iam.GetPolicy({ PolicyArn });
    return {
      PolicyId: Policy?.PolicyId,
      DefaultVersionId: Policy?.DefaultVersionId,
      CreateDate: Policy?.CreateDate?.toISOString(),
      UpdateDate: Policy?.UpdateDate?.toISOString(),
      AttachmentCount: Policy?.AttachmentCount,
      IsAttachable: Policy?.IsAttachable,
      PermissionsBoundaryUsageCount: Policy?.PermissionsBoundaryUsageCount,
    };
  },
  async delete(existing) {
    const { region, physicalId: PolicyArn, properties, tried } = existing;
    const roles = new Set([properties, ...tried].flatMap(({ Roles = [] }) => Roles));
    for (const RoleName of roles) await gone(region.api.iam.DetachRolePolicy({ RoleName, PolicyArn }));
    await dropOtherVersions(existing);
    await gone(region.api.iam.DeletePolicy({ PolicyArn }));
  },
});

/** A policy has five versions at most: the one in force is all that is kept. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html */
async function replaceDocument(existing: Existing<Properties>): Promise<void> {
  const { region, physicalId: PolicyArn, properties } = existing;
  await dropOtherVersions(existing);
  await region.api.iam.CreatePolicyVersion({
    PolicyArn,
    PolicyDocument: text(properties.PolicyDocument),
    SetAsDefault: true,
  });
  await dropOtherVersions(existing);
}

async function dropOtherVersions({ region, physicalId: PolicyArn }: Existing<Properties>): Promise<void> {
  const found = await orMissing(region.api.iam.ListPolicyVersions({ PolicyArn }));
  for (const { VersionId, IsDefaultVersion } of found?.Versions ?? [])
    if (!IsDefaultVersion) await gone(region.api.iam.DeletePolicyVersion({ PolicyArn, VersionId }));
}

function arnOf({ region, name, properties: { Path = '/' } }: Context<Properties>): string {
  return `arn:${region.identity.partition}:iam::${region.identity.accountId}:policy${Path}${name}`;
}

function text(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}
