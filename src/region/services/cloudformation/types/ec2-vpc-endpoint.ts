import type { VpcEndpointType } from '@aws-sdk/client-ec2';
import { ApiError } from '../../../gateway/api-error.ts';
import { orMissing, ResourceFailure } from '../engine/failure.ts';
import { changed, listChanges } from './changes.ts';
import { notOthers, ownFilters, syncTags, tagSpecifications } from './ec2.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly VpcId: string;
  readonly ServiceName: string;
  readonly VpcEndpointType?: VpcEndpointType;
  readonly RouteTableIds?: readonly string[];
  readonly SubnetIds?: readonly string[];
  readonly SecurityGroupIds?: readonly string[];
  readonly PrivateDnsEnabled?: boolean;
  readonly PolicyDocument?: unknown;
  readonly Tags?: unknown;
}

const policyText = (policy: unknown): string | undefined =>
  policy === undefined || typeof policy === 'string' ? policy : JSON.stringify(policy);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html */
export const vpcEndpoint = resourceType<Properties>({
  type: 'AWS::EC2::VPCEndpoint',
  properties: [
    'VpcId',
    'ServiceName',
    'VpcEndpointType',
    'RouteTableIds',
    'SubnetIds',
    'SecurityGroupIds',
    'PrivateDnsEnabled',
    'PolicyDocument',
    'Tags',
  ],
  async create(context) {
    const { RouteTableIds, SubnetIds, SecurityGroupIds, PolicyDocument, ...rest } = context.properties;
    const { VpcEndpoint } = await context.region.api.ec2.CreateVpcEndpoint({
      VpcId: rest.VpcId,
      ServiceName: rest.ServiceName,
      VpcEndpointType: rest.VpcEndpointType,
      PrivateDnsEnabled: rest.PrivateDnsEnabled,
      RouteTableIds: RouteTableIds && [...RouteTableIds],
      SubnetIds: SubnetIds && [...SubnetIds],
      SecurityGroupIds: SecurityGroupIds && [...SecurityGroupIds],
      PolicyDocument: policyText(PolicyDocument),
      ClientToken: context.token,
      TagSpecifications: tagSpecifications(context, 'vpc-endpoint'),
    });
    return VpcEndpoint!.VpcEndpointId!;
  },
  async find(context) {
    const { VpcEndpoints = [] } = await context.region.api.ec2.DescribeVpcEndpoints({
      Filters: ownFilters(context),
    });
    return notOthers(
      context,
      VpcEndpoints.filter(({ State }) => !/^delet/i.test(State ?? '')).map(
        ({ VpcEndpointId }) => VpcEndpointId,
      ),
    );
  },
  async sync(existing) {
    const { region, physicalId, properties, before, tried } = existing;
    const moved = changed(
      existing,
      'RouteTableIds',
      'SubnetIds',
      'SecurityGroupIds',
      'PrivateDnsEnabled',
      'PolicyDocument',
    );
    if (before && moved) {
      const change = (name: 'RouteTableIds' | 'SubnetIds' | 'SecurityGroupIds') =>
        listChanges(
          properties[name] ?? [],
          before[name] ?? [],
          tried.map((other) => other[name] ?? []),
        );
      const [tables, subnets, groups] = [
        change('RouteTableIds'),
        change('SubnetIds'),
        change('SecurityGroupIds'),
      ];
      await region.api.ec2.ModifyVpcEndpoint({
        VpcEndpointId: physicalId,
        AddRouteTableIds: [...tables.added],
        RemoveRouteTableIds: [...tables.removed],
        AddSubnetIds: [...subnets.added],
        RemoveSubnetIds: [...subnets.removed],
        AddSecurityGroupIds: [...groups.added],
        RemoveSecurityGroupIds: [...groups.removed],
        ...(changed(existing, 'PrivateDnsEnabled')
          ? { PrivateDnsEnabled: properties.PrivateDnsEnabled ?? false }
          : {}),
        ...(changed(existing, 'PolicyDocument')
          ? {
              PolicyDocument: policyText(properties.PolicyDocument),
              ResetPolicy: properties.PolicyDocument === undefined,
            }
          : {}),
      });
    }
    await syncTags(existing);
  },
  settle: ({ wait, region, physicalId }) =>
    wait(['ec2'], async () => {
      const { VpcEndpoints } = await region.api.ec2.DescribeVpcEndpoints({ VpcEndpointIds: [physicalId] });
      const state = VpcEndpoints?.[0]?.State?.toLowerCase();
      if (state === 'failed' || state === 'rejected')
        throw new ResourceFailure(`Vpc Endpoint ${physicalId} is in state ${state}`, 'NotStabilized');
      return state === 'available' || undefined;
    }).then(() => undefined),
  async read({ region, physicalId }) {
    const { VpcEndpoints } = await region.api.ec2.DescribeVpcEndpoints({ VpcEndpointIds: [physicalId] });
    const { CreationTimestamp, DnsEntries = [], NetworkInterfaceIds = [] } = VpcEndpoints?.[0] ?? {};
    return {
      CreationTimestamp: CreationTimestamp?.toISOString(),
      DnsEntries: DnsEntries.map(({ HostedZoneId, DnsName }) => `${HostedZoneId}:${DnsName}`),
      NetworkInterfaceIds,
    };
  },
  async delete({ wait, region, physicalId }) {
    const { Unsuccessful = [] } = await region.api.ec2.DeleteVpcEndpoints({ VpcEndpointIds: [physicalId] });
    const error = Unsuccessful[0]?.Error;
    if (error && !/NotFound/.test(error.Code ?? ''))
      throw new ApiError(error.Code ?? 'InvalidRequest', error.Message ?? '');
    await wait(['ec2'], async () => {
      const found = await orMissing(region.api.ec2.DescribeVpcEndpoints({ VpcEndpointIds: [physicalId] }));
      const state = found?.VpcEndpoints?.[0]?.State?.toLowerCase();
      return state === undefined || state === 'deleted' || undefined;
    });
  },
});
