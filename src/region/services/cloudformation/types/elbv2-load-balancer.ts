import type {
  CreateLoadBalancerCommandInput,
  LoadBalancer,
  SubnetMapping,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { gone, orMissing, ResourceFailure } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { elbTags, ours, syncTags, type Attribute } from './elbv2.ts';
import { resourceType, type Context } from './resource-type.ts';

interface Properties {
  readonly Name?: string;
  readonly Type?: CreateLoadBalancerCommandInput['Type'];
  readonly Scheme?: CreateLoadBalancerCommandInput['Scheme'];
  readonly IpAddressType?: CreateLoadBalancerCommandInput['IpAddressType'];
  readonly Subnets?: readonly string[];
  readonly SubnetMappings?: readonly SubnetMapping[];
  readonly SecurityGroups?: readonly string[];
  readonly LoadBalancerAttributes?: readonly Attribute[];
  readonly Tags?: unknown;
}

async function describe(
  { region }: Pick<Context<Properties>, 'region'>,
  arn: string,
): Promise<LoadBalancer | undefined> {
  const found = await orMissing(region.api.elbv2.DescribeLoadBalancers({ LoadBalancerArns: [arn] }));
  return found?.LoadBalancers?.[0];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html */
export const loadBalancer = resourceType<Properties>({
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  properties: [
    'Name',
    'Type',
    'Scheme',
    'IpAddressType',
    'Subnets',
    'SubnetMappings',
    'SecurityGroups',
    'LoadBalancerAttributes',
    'Tags',
  ],
  naming: { property: 'Name', limit: 32 },
  async create(context) {
    const { Type, Scheme, IpAddressType, Subnets, SubnetMappings, SecurityGroups } = context.properties;
    const { LoadBalancers } = await context.region.api.elbv2.CreateLoadBalancer({
      Name: context.name,
      Type,
      Scheme,
      IpAddressType,
      Subnets: Subnets && [...Subnets],
      SubnetMappings: SubnetMappings && [...SubnetMappings],
      SecurityGroups: SecurityGroups && [...SecurityGroups],
      Tags: elbTags(context),
    });
    return LoadBalancers![0]!.LoadBalancerArn!;
  },
  async find(context) {
    const found = await orMissing(context.region.api.elbv2.DescribeLoadBalancers({ Names: [context.name] }));
    return ours(context, found?.LoadBalancers?.map(({ LoadBalancerArn }) => LoadBalancerArn) ?? []);
  },
  async sync(existing) {
    const { region, physicalId: LoadBalancerArn, properties, before } = existing;
    const { elbv2 } = region.api;
    if (changed(existing, 'LoadBalancerAttributes'))
      await elbv2.ModifyLoadBalancerAttributes({
        LoadBalancerArn,
        Attributes: [...(properties.LoadBalancerAttributes ?? [])],
      });
    if (before && changed(existing, 'SecurityGroups'))
      await elbv2.SetSecurityGroups({
        LoadBalancerArn,
        SecurityGroups: [...(properties.SecurityGroups ?? [])],
      });
    if (before && changed(existing, 'Subnets', 'SubnetMappings'))
      await elbv2.SetSubnets({
        LoadBalancerArn,
        Subnets: properties.Subnets && [...properties.Subnets],
        SubnetMappings: properties.SubnetMappings && [...properties.SubnetMappings],
      });
    if (before && changed(existing, 'IpAddressType'))
      await elbv2.SetIpAddressType({ LoadBalancerArn, IpAddressType: properties.IpAddressType ?? 'ipv4' });
    await syncTags(existing);
  },
  settle: (existing) =>
    existing
      .wait(['elb'], async () => {
        const { Code, Reason } = (await describe(existing, existing.physicalId))?.State ?? {};
        if (Code === 'failed')
          throw new ResourceFailure(`Load balancer ${existing.name} failed: ${Reason}`, 'NotStabilized');
        return Code === 'active' || Code === 'active_impaired' || undefined;
      })
      .then(() => undefined),
  async read(existing) {
    const made = await describe(existing, existing.physicalId);
    return {
      DNSName: made?.DNSName,
      CanonicalHostedZoneID: made?.CanonicalHostedZoneId,
      LoadBalancerName: made?.LoadBalancerName,
      LoadBalancerFullName: existing.physicalId.replace(/^.*:loadbalancer\//, ''),
      SecurityGroups: made?.SecurityGroups ?? [],
    };
  },
  delete: ({ region, physicalId }) =>
    gone(region.api.elbv2.DeleteLoadBalancer({ LoadBalancerArn: physicalId })),
});
