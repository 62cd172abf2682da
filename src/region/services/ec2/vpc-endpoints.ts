import type { VpcEndpoint } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { invalid, invalidValue, missing, notEnacted } from './errors.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { describe, type Listing } from './pages.ts';
import { prefixListsOf } from './prefix-lists.ts';
import type { EndpointRecord } from './records.ts';
import type { Ec2 } from './state.ts';
import { tagList, tagsFor } from './tags.ts';

export function endpointItem(ec2: Ec2, record: EndpointRecord): VpcEndpoint {
  return {
    VpcEndpointId: record.id,
    VpcEndpointType: 'Gateway',
    VpcId: record.vpcId,
    OwnerId: ec2.region.identity.accountId,
    ServiceName: record.serviceName,
    // In this answer a state begins with a small letter. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html
    State: 'available' as 'Available',
    PolicyDocument: record.policy,
    RouteTableIds: [...record.routeTableIds],
    SubnetIds: [],
    Groups: [],
    NetworkInterfaceIds: [],
    DnsEntries: [],
    PrivateDnsEnabled: false,
    RequesterManaged: false,
    CreationTimestamp: record.createdAt,
    Tags: tagList(record.tags),
  };
}

const listing: Listing<'vpc-endpoint', VpcEndpoint> = {
  kind: 'vpc-endpoint',
  item: endpointItem,
  filters: {
    'ip-address-type': () => 'ipv4',
    'service-name': (endpoint) => endpoint.ServiceName,
    'service-region': () => undefined,
    'vpc-endpoint-id': (endpoint) => endpoint.VpcEndpointId,
    'vpc-endpoint-state': (endpoint) => endpoint.State,
    'vpc-endpoint-type': (endpoint) => endpoint.VpcEndpointType,
    'vpc-id': (endpoint) => endpoint.VpcId,
  },
};

/** Full access. https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html */
const FULL_ACCESS = JSON.stringify({
  Version: '2008-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

export function vpcEndpoints(ec2: Ec2): Ec2Handlers {
  const table = ec2.tables['vpc-endpoint'];
  return {
    CreateVpcEndpoint: operation(
      [
        'VpcId',
        'ServiceName',
        'VpcEndpointType',
        'RouteTableIds',
        'PolicyDocument',
        'TagSpecifications',
        'ClientToken',
      ],
      (input) => {
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
        const type = input.VpcEndpointType ?? 'Gateway';
        if (type !== 'Gateway') throw notEnacted(`VpcEndpointType ${type} (service ${input.ServiceName})`);
        const vpc = find(ec2, 'vpc', input.VpcId);
        const list = serviceOf(ec2, input.ServiceName);
        const routeTableIds = tablesOf(ec2, vpc.id, list.id, input.RouteTableIds ?? []);
        const record: EndpointRecord = {
          id: newId('vpce'),
          tags: tagsFor('vpc-endpoint', input.TagSpecifications),
          vpcId: vpc.id,
          serviceName: list.name,
          prefixListId: list.id,
          routeTableIds,
          policy: policyOf(input.PolicyDocument),
          createdAt: new Date(ec2.region.clock.now()),
        };
        table.put(record.id, record);
        return { VpcEndpoint: endpointItem(ec2, record), ClientToken: input.ClientToken };
      },
    ),
    DescribeVpcEndpoints: operation(['VpcEndpointIds', 'Filters', 'MaxResults', 'NextToken'], (input) => {
      const { items, ...rest } = describe(ec2, listing, input.VpcEndpointIds, input);
      return { VpcEndpoints: items, ...rest };
    }),
    ModifyVpcEndpoint: operation(
      ['VpcEndpointId', 'ResetPolicy', 'PolicyDocument', 'AddRouteTableIds', 'RemoveRouteTableIds'],
      (input) => {
        const endpoint = find(ec2, 'vpc-endpoint', input.VpcEndpointId);
        const removed = new Set(input.RemoveRouteTableIds);
        const unknown = [...removed].find((id) => !endpoint.routeTableIds.includes(id));
        if (unknown) throw invalid(`Route table ${unknown} is not associated with ${endpoint.id}`);
        const kept = endpoint.routeTableIds.filter((id) => !removed.has(id));
        const given = (input.AddRouteTableIds ?? []).filter((id) => !kept.includes(id));
        const added = tablesOf(ec2, endpoint.vpcId, endpoint.prefixListId, given);
        const policy = input.ResetPolicy
          ? FULL_ACCESS
          : input.PolicyDocument && policyOf(input.PolicyDocument);
        table.patch(endpoint.id, { routeTableIds: [...kept, ...added], ...(policy ? { policy } : {}) });
        return { Return: true };
      },
    ),
    // What cannot be deleted is listed, the others go. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html
    DeleteVpcEndpoints: operation(['VpcEndpointIds'], ({ VpcEndpointIds }) => {
      if (!VpcEndpointIds || VpcEndpointIds.length === 0) throw missing('vpcEndpointId');
      const Unsuccessful = VpcEndpointIds.filter((id) => !table.delete(id)).map((ResourceId) => ({
        ResourceId,
        Error: {
          Code: 'InvalidVpcEndpoint.NotFound',
          Message: `The VpcEndpoint Id '${ResourceId}' does not exist`,
        },
      }));
      return { Unsuccessful };
    }),
    DescribeVpcEndpointServices: operation(['ServiceNames', 'MaxResults', 'NextToken'], (input) => {
      const names = input.ServiceNames ?? [];
      const lists = names.length > 0 ? names.map((name) => serviceOf(ec2, name)) : prefixListsOf(ec2);
      return {
        ServiceNames: lists.map(({ name }) => name),
        ServiceDetails: lists.map(({ name: ServiceName }) => ({
          ServiceName,
          ServiceType: [{ ServiceType: 'Gateway' as const }],
          Owner: 'amazon',
          AcceptanceRequired: false,
          VpcEndpointPolicySupported: true,
        })),
      };
    }),
  };
}

/** Gateway endpoints exist for S3 and DynamoDB. https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
function serviceOf(ec2: Ec2, name: string | undefined) {
  if (!name) throw missing('serviceName');
  const list = prefixListsOf(ec2).find((each) => each.name === name);
  if (list) return list;
  throw new ApiError('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
}

/** One endpoint a service in a table. https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
function tablesOf(ec2: Ec2, vpcId: string, listId: string, ids: readonly string[]): readonly string[] {
  for (const id of ids) {
    if (find(ec2, 'route-table', id).vpcId !== vpcId)
      throw invalidValue('routeTableId', id, `It does not belong to ${vpcId}.`);
    if (ec2.by.endpointsOfTable.get(id).some(({ prefixListId }) => prefixListId === listId))
      throw new ApiError(
        'RouteAlreadyExists',
        `route table ${id} already has a route with destination-prefix-list-id ${listId}`,
      );
  }
  return [...new Set(ids)];
}

function policyOf(document: string | undefined): string {
  if (!document) return FULL_ACCESS;
  try {
    JSON.parse(document);
    return document;
  } catch {
    throw new ApiError('InvalidPolicyDocument', 'The policy document is not valid JSON.');
  }
}
