import type {
  CreateTargetGroupCommandInput,
  TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { gone, orMissing } from '../engine/failure.ts';
import { changed, listChanges } from './changes.ts';
import { elbTags, ours, syncTags, type Attribute } from './elbv2.ts';
import { resourceType } from './resource-type.ts';

type Input = CreateTargetGroupCommandInput;
interface Properties {
  readonly Name?: string;
  readonly Port?: number;
  readonly Protocol?: Input['Protocol'];
  readonly ProtocolVersion?: string;
  readonly VpcId?: string;
  readonly TargetType?: Input['TargetType'];
  readonly IpAddressType?: Input['IpAddressType'];
  readonly HealthCheckEnabled?: boolean;
  readonly HealthCheckProtocol?: Input['HealthCheckProtocol'];
  readonly HealthCheckPort?: string;
  readonly HealthCheckPath?: string;
  readonly HealthCheckIntervalSeconds?: number;
  readonly HealthCheckTimeoutSeconds?: number;
  readonly HealthyThresholdCount?: number;
  readonly UnhealthyThresholdCount?: number;
  readonly Matcher?: Input['Matcher'];
  readonly TargetGroupAttributes?: readonly Attribute[];
  readonly Targets?: readonly TargetDescription[];
  readonly Tags?: unknown;
}

const healthCheck = [
  'HealthCheckEnabled',
  'HealthCheckProtocol',
  'HealthCheckPort',
  'HealthCheckPath',
  'HealthCheckIntervalSeconds',
  'HealthCheckTimeoutSeconds',
  'HealthyThresholdCount',
  'UnhealthyThresholdCount',
  'Matcher',
] as const;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html */
export const targetGroup = resourceType<Properties>({
  type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  properties: [
    'Name',
    'Port',
    'Protocol',
    'ProtocolVersion',
    'VpcId',
    'TargetType',
    'IpAddressType',
    ...healthCheck,
    'TargetGroupAttributes',
    'Targets',
    'Tags',
  ],
  naming: { property: 'Name', limit: 32 },
  async create(context) {
    const {
      TargetGroupAttributes: _attributes,
      Targets: _targets,
      Tags: _tags,
      ...rest
    } = context.properties;
    const { TargetGroups } = await context.region.api.elbv2.CreateTargetGroup({
      ...rest,
      Name: context.name,
      Tags: elbTags(context),
    });
    return TargetGroups![0]!.TargetGroupArn!;
  },
  async find(context) {
    const found = await orMissing(context.region.api.elbv2.DescribeTargetGroups({ Names: [context.name] }));
    return ours(context, found?.TargetGroups?.map(({ TargetGroupArn }) => TargetGroupArn) ?? []);
  },
  async sync(existing) {
    const { region, physicalId: TargetGroupArn, properties, before, tried } = existing;
    const { elbv2 } = region.api;
    if (before && changed(existing, ...healthCheck))
      await elbv2.ModifyTargetGroup({
        TargetGroupArn,
        ...Object.fromEntries(healthCheck.map((name) => [name, properties[name]])),
      });
    if (changed(existing, 'TargetGroupAttributes'))
      await elbv2.ModifyTargetGroupAttributes({
        TargetGroupArn,
        Attributes: [...(properties.TargetGroupAttributes ?? [])],
      });
    if (changed(existing, 'Targets')) {
      const { added, removed } = listChanges(
        properties.Targets ?? [],
        before?.Targets ?? [],
        tried.map((other) => other.Targets ?? []),
      );
      if (added.length > 0) await elbv2.RegisterTargets({ TargetGroupArn, Targets: [...added] });
      if (removed.length > 0) await elbv2.DeregisterTargets({ TargetGroupArn, Targets: [...removed] });
    }
    await syncTags(existing);
  },
  async read({ region, physicalId, name }) {
    const { TargetGroups } = await region.api.elbv2.DescribeTargetGroups({ TargetGroupArns: [physicalId] });
    return {
      TargetGroupFullName: physicalId.replace(/^.*:(?=targetgroup\/)/, ''),
      TargetGroupName: name,
      LoadBalancerArns: TargetGroups?.[0]?.LoadBalancerArns ?? [],
    };
  },
  delete: ({ region, physicalId }) =>
    gone(region.api.elbv2.DeleteTargetGroup({ TargetGroupArn: physicalId })),
});
