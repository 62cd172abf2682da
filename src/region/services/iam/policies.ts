import type { Policy } from '@aws-sdk/client-iam';
import type { Handlers } from '../../gateway/types.ts';
import {
  alreadyExists,
  checkName,
  checkPath,
  deleteConflict,
  limitExceeded,
  noSuchEntity,
  operation,
  pageOf,
  validation,
} from './errors.ts';
import { checkPolicy, checkSize, encodeDocument, POLICY_BYTES, policySize } from './policy-document.ts';
import { drawId, type IamState, type PolicyRecord, type PolicyVersion } from './state.ts';
import { readTags, tagList } from './tag-set.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST_VERSIONS = 5;

export function policyHandlers(state: IamState): Handlers<typeof import('@aws-sdk/client-iam')> {
  const { identity } = state.region;
  return {
    CreatePolicy: operation(
      ['PolicyName', 'Path', 'PolicyDocument', 'Description', 'Tags'],
      ({ PolicyName, Path, PolicyDocument, Description, Tags }) => {
        const name = checkName('policyName', PolicyName, 128);
        const path = checkPath(Path);
        const arn = `arn:aws:iam::${identity.accountId}:policy${path}${name}`;
        const now = state.now();
        const taken = [...state.policies.values()].some(
          (other) => other.name.toLowerCase() === name.toLowerCase(),
        );
        if (taken)
          throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
        const policy: PolicyRecord = {
          arn,
          name,
          path,
          id: drawId('ANPA'),
          description: Description,
          createDate: now,
          updateDate: now,
          versions: [{ id: 'v1', document: managedDocument(PolicyDocument), createDate: now }],
          defaultVersionId: 'v1',
          nextVersion: 2,
          tags: readTags(Tags),
        };
        state.policies.put(arn, policy);
        return { Policy: { ...policyView(state, policy), Description: undefined } };
      },
    ),
    GetPolicy: operation(['PolicyArn'], ({ PolicyArn }) => ({
      Policy: policyView(state, state.policy(PolicyArn)),
    })),
    GetPolicyVersion: operation(['PolicyArn', 'VersionId'], ({ PolicyArn, VersionId }) => {
      const policy = state.policy(PolicyArn);
      return { PolicyVersion: versionView(policy, findVersion(policy, VersionId)) };
    }),
    ListPolicyVersions: operation(['PolicyArn', 'Marker', 'MaxItems'], (input) => {
      const policy = state.policy(input.PolicyArn);
      const { items, rest } = pageOf(policy.versions, ({ id }) => id, input);
      return {
        Versions: items.map((version) => ({ ...versionView(policy, version), Document: undefined })),
        ...rest,
      };
    }),
    CreatePolicyVersion: operation(
      ['PolicyArn', 'PolicyDocument', 'SetAsDefault'],
      ({ PolicyArn, PolicyDocument, SetAsDefault }) => {
        const policy = state.policy(PolicyArn);
        if (policy.versions.length >= MOST_VERSIONS)
          throw limitExceeded(
            `A managed policy can have up to ${MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
          );
        const version = {
          id: `v${policy.nextVersion}`,
          document: managedDocument(PolicyDocument),
          createDate: state.now(),
        };
        const changed = {
          ...policy,
          versions: [...policy.versions, version],
          nextVersion: policy.nextVersion + 1,
          updateDate: version.createDate,
          ...(SetAsDefault ? { defaultVersionId: version.id } : {}),
        };
        state.policies.put(policy.arn, changed);
        return { PolicyVersion: { ...versionView(changed, version), Document: undefined } };
      },
    ),
    SetDefaultPolicyVersion: operation(['PolicyArn', 'VersionId'], ({ PolicyArn, VersionId }) => {
      const policy = state.policy(PolicyArn);
      const { id } = findVersion(policy, VersionId);
      state.policies.put(policy.arn, { ...policy, defaultVersionId: id, updateDate: state.now() });
      return {};
    }),
    DeletePolicyVersion: operation(['PolicyArn', 'VersionId'], ({ PolicyArn, VersionId }) => {
      const policy = state.policy(PolicyArn);
      const { id } = findVersion(policy, VersionId);
      if (id === policy.defaultVersionId)
        throw deleteConflict('Cannot delete the default version of a policy.');
      const versions = policy.versions.filter((version) => version.id !== id);
      state.policies.put(policy.arn, { ...policy, versions, updateDate: state.now() });
      return {};
    }),
    DeletePolicy: operation(['PolicyArn'], ({ PolicyArn }) => {
      const policy = state.policy(PolicyArn);
      if (attachments(state, policy.arn) > 0)
        throw deleteConflict('Cannot delete a policy attached to entities.');
      if (policy.versions.length > 1)
        throw deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      state.policies.delete(policy.arn);
      return {};
    }),
    ListPolicies: operation(['Scope', 'OnlyAttached', 'PathPrefix', 'Marker', 'MaxItems'], (input) => {
      const { Scope = 'All', OnlyAttached, PathPrefix = '/' } = input;
      if (Scope !== 'Local')
        throw validation(
          'scope',
          Scope,
          'AWS managed policies are not listed in the local region: give Scope Local',
        );
      const matching = [...state.policies.values()].filter(
        ({ arn, path }) => path.startsWith(PathPrefix) && (!OnlyAttached || attachments(state, arn) > 0),
      );
      const { items, rest } = pageOf(matching, ({ name }) => name, input);
      return {
        Policies: items.map((policy) => ({
          ...policyView(state, policy),
          Description: undefined,
          Tags: undefined,
        })),
        ...rest,
      };
    }),
  };
}

function findVersion({ arn, versions }: PolicyRecord, id = ''): PolicyVersion {
  const version = versions.find((each) => each.id === id);
  if (!version) throw noSuchEntity(`Policy ${arn} version ${id} does not exist or is not attachable.`);
  return version;
}

function managedDocument(text: string | undefined): string {
  const document = checkPolicy('identity', text);
  checkSize('PolicySize', policySize(document), POLICY_BYTES.managed);
  return document;
}

function attachments({ roles }: IamState, arn: string): number {
  return [...roles.values()].filter(({ attached }) => attached.includes(arn)).length;
}

function versionView({ defaultVersionId }: PolicyRecord, { id, document, createDate }: PolicyVersion) {
  return {
    VersionId: id,
    IsDefaultVersion: id === defaultVersionId,
    Document: encodeDocument(document),
    CreateDate: createDate,
  };
}

function policyView(state: IamState, policy: PolicyRecord): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attachments(state, policy.arn),
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    Description: policy.description,
    CreateDate: policy.createDate,
    UpdateDate: policy.updateDate,
    ...(Object.keys(policy.tags).length > 0 ? { Tags: tagList(policy.tags) } : {}),
  };
}
