import type * as sdk from '@aws-sdk/client-servicediscovery';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { record } from './operations.ts';
import { page } from './page.ts';
import {
  drawHostedZoneId,
  drawId,
  drawToken,
  type Context,
  type NamespaceRecord,
  type OperationRecord,
} from './state.ts';
import { putTags } from './tags.ts';

type Sdk = typeof sdk;

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html */
const defaultSoaTtl = 15;

export function namespaceHandlers(context: Context): Handlers<Sdk> {
  const { region, tables, now, arn } = context;
  const serviceCount = (id: string) =>
    [...tables.services.values()].filter((service) => service.namespaceId === id).length;
  const view = (namespace: NamespaceRecord): sdk.Namespace => ({
    Id: namespace.id,
    Arn: namespace.arn,
    ResourceOwner: region.identity.accountId,
    Name: namespace.name,
    Type: 'DNS_PRIVATE',
    Description: namespace.description,
    ServiceCount: serviceCount(namespace.id),
    Properties: {
      DnsProperties: { HostedZoneId: namespace.hostedZoneId, SOA: { TTL: namespace.soaTtl } },
      HttpProperties: { HttpName: namespace.name },
    },
    CreateDate: namespace.createdAt,
    CreatorRequestId: namespace.creatorRequestId,
  });

  return {
    /** https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html */
    CreatePrivateDnsNamespace({ Name, Vpc, CreatorRequestId, Description, Properties, Tags }) {
      const name = requireName(Name);
      const vpcId = Vpc ?? '';
      const again = [...tables.namespaces.values()].find(
        ({ creatorRequestId }) => CreatorRequestId !== undefined && creatorRequestId === CreatorRequestId,
      );
      if (again) {
        if (again.name === name && again.vpcId === vpcId) return { OperationId: again.operationId };
        throw new ApiError(
          'NamespaceAlreadyExists',
          `The namespace ${again.id} was made with the request ${CreatorRequestId} and other parameters.`,
          400,
          { CreatorRequestId, NamespaceId: again.id },
        );
      }
      const failure = cannotCreateZone(context, name, vpcId);
      if (failure)
        return { OperationId: record(context, { type: 'CREATE_NAMESPACE', targets: {}, ...failure }) };
      const id = drawId('ns-');
      const operationId = record(context, { type: 'CREATE_NAMESPACE', targets: { NAMESPACE: id } });
      tables.namespaces.put(id, {
        id,
        arn: arn('namespace', id),
        name,
        vpcId,
        hostedZoneId: drawHostedZoneId(),
        soaTtl: Properties?.DnsProperties?.SOA?.TTL ?? defaultSoaTtl,
        description: Description,
        creatorRequestId: CreatorRequestId ?? drawToken(),
        operationId,
        createdAt: now(),
      });
      putTags(context, arn('namespace', id), Tags);
      return { OperationId: operationId };
    },
    UpdatePrivateDnsNamespace({ Id, Namespace }) {
      const { id, soaTtl } = findNamespace(context, Id);
      tables.namespaces.patch(id, {
        ...(Namespace?.Description === undefined ? {} : { description: Namespace.Description }),
        soaTtl: Namespace?.Properties?.DnsProperties?.SOA?.TTL ?? soaTtl,
      });
      return { OperationId: record(context, { type: 'UPDATE_NAMESPACE', targets: { NAMESPACE: id } }) };
    },
    /** https://docs.aws.amazon.com/cloud-map/latest/dg/deleting-namespaces.html */
    DeleteNamespace({ Id }) {
      const namespace = findNamespace(context, Id);
      if (serviceCount(namespace.id) > 0)
        throw new ApiError(
          'ResourceInUse',
          `Namespace ${namespace.id} contains services. Delete them before the namespace.`,
        );
      tables.namespaces.delete(namespace.id);
      tables.tags.delete(namespace.arn);
      return {
        OperationId: record(context, { type: 'DELETE_NAMESPACE', targets: { NAMESPACE: namespace.id } }),
      };
    },
    GetNamespace: ({ Id }) => ({ Namespace: view(findNamespace(context, Id)) }),
    ListNamespaces({ Filters = [], MaxResults, NextToken }) {
      const matching = [...tables.namespaces.values()].filter((namespace) =>
        Filters.every((filter) => matches(namespace, filter)),
      );
      const { items, next } = page(matching, MaxResults ?? 100, NextToken);
      return { Namespaces: items.map(view), NextToken: next };
    },
  };
}

/** By id or ARN. */
export function findNamespace({ tables }: Context, id: string | undefined): NamespaceRecord {
  const namespace = tables.namespaces.get((id ?? '').replace(/^arn:.*:namespace\//, ''));
  if (!namespace) throw new ApiError('NamespaceNotFound', `Namespace with ID ${id} is not found.`);
  return namespace;
}

/** Names of private DNS namespaces: at most 253 characters. https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html */
function requireName(name: string | undefined): string {
  const labels = (name ?? '').split('.');
  if (!name || name.length > 253 || !labels.every((label) => /^[!-~]{1,63}$/.test(label)))
    throw new ApiError(
      'InvalidInput',
      `Namespace name ${name} is not a domain name of at most 253 characters.`,
    );
  return name.toLowerCase();
}

/**
 * The zone is made after the call returned, so what Route 53 refuses shows in the operation.
 * https://docs.aws.amazon.com/cloud-map/latest/api/API_Operation.html
 */
function cannotCreateZone(
  { region, tables }: Context,
  name: string,
  vpcId: string,
): Pick<OperationRecord, 'status' | 'errorCode' | 'errorMessage'> | undefined {
  const failed = (errorMessage: string) =>
    ({ status: 'FAIL', errorCode: 'CANNOT_CREATE_HOSTED_ZONE', errorMessage }) as const;
  if (!region.internal.ec2.topology().vpcs.some(({ id }) => id === vpcId))
    return failed(
      `The VPC: ${vpcId} that you provided is not authorized to make the association or does not exist.`,
    );
  for (const namespace of tables.namespaces.values())
    if (namespace.name === name && namespace.vpcId === vpcId)
      return failed(
        `The VPC ${vpcId} in region ${region.identity.region} has already been associated with the hosted zone ${namespace.hostedZoneId} with the same domain name.`,
      );
  return undefined;
}

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_NamespaceFilter.html */
function matches(
  { name }: NamespaceRecord,
  { Name, Values = [], Condition = 'EQ' }: sdk.NamespaceFilter,
): boolean {
  const actual = { TYPE: 'DNS_PRIVATE', NAME: name, HTTP_NAME: name, RESOURCE_OWNER: 'SELF' }[Name ?? 'NAME'];
  return Condition === 'BEGINS_WITH'
    ? Values.some((value) => actual.startsWith(value))
    : Values.includes(actual);
}
