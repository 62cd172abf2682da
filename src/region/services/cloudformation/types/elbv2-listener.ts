import type { Action, Certificate, ProtocolEnum } from '@aws-sdk/client-elastic-load-balancing-v2';
import { gone, orMissing } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { elbTags, ours, syncTags, type Attribute } from './elbv2.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly LoadBalancerArn: string;
  readonly DefaultActions: readonly Action[];
  readonly Port?: number;
  readonly Protocol?: ProtocolEnum;
  readonly SslPolicy?: string;
  readonly Certificates?: readonly Certificate[];
  readonly AlpnPolicy?: readonly string[];
  readonly ListenerAttributes?: readonly Attribute[];
  readonly Tags?: unknown;
}

function settings({ Port, Protocol, SslPolicy, DefaultActions, Certificates, AlpnPolicy }: Properties) {
  return {
    Port,
    Protocol,
    SslPolicy,
    DefaultActions: [...DefaultActions],
    Certificates: Certificates && [...Certificates],
    AlpnPolicy: AlpnPolicy && [...AlpnPolicy],
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listener.html */
export const listener = resourceType<Properties>({
  type: 'AWS::ElasticLoadBalancingV2::Listener',
  properties: [
    'LoadBalancerArn',
    'DefaultActions',
    'Port',
    'Protocol',
    'SslPolicy',
    'Certificates',
    'AlpnPolicy',
    'ListenerAttributes',
    'Tags',
  ],
  async create(context) {
    const { Listeners } = await context.region.api.elbv2.CreateListener({
      LoadBalancerArn: context.properties.LoadBalancerArn,
      ...settings(context.properties),
      Tags: elbTags(context),
    });
    return Listeners![0]!.ListenerArn!;
  },
  async find(context) {
    const { LoadBalancerArn } = context.properties;
    const found = await orMissing(context.region.api.elbv2.DescribeListeners({ LoadBalancerArn }));
    return ours(context, found?.Listeners?.map(({ ListenerArn }) => ListenerArn) ?? []);
  },
  async sync(existing) {
    const { region, physicalId: ListenerArn, properties, before } = existing;
    const settled = [
      'DefaultActions',
      'Port',
      'Protocol',
      'SslPolicy',
      'Certificates',
      'AlpnPolicy',
    ] as const;
    if (before && changed(existing, ...settled))
      await region.api.elbv2.ModifyListener({ ListenerArn, ...settings(properties) });
    if (changed(existing, 'ListenerAttributes'))
      await region.api.elbv2.ModifyListenerAttributes({
        ListenerArn,
        Attributes: [...(properties.ListenerAttributes ?? [])],
      });
    await syncTags(existing);
  },
  delete: ({ region, physicalId }) => gone(region.api.elbv2.DeleteListener({ ListenerArn: physicalId })),
});
