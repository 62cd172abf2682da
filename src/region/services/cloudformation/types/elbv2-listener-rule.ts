import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { gone, orMissing } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { elbTags, ours, syncTags } from './elbv2.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly ListenerArn: string;
  readonly Priority: number;
  readonly Conditions: readonly RuleCondition[];
  readonly Actions: readonly Action[];
  readonly Tags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listenerrule.html */
export const listenerRule = resourceType<Properties>({
  type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  properties: ['ListenerArn', 'Priority', 'Conditions', 'Actions', 'Tags'],
  async create(context) {
    const { ListenerArn, Priority, Conditions, Actions } = context.properties;
    const { Rules } = await context.region.api.elbv2.CreateRule({
      ListenerArn,
      Priority,
      Conditions: [...Conditions],
      Actions: [...Actions],
      Tags: elbTags(context),
    });
    return Rules![0]!.RuleArn!;
  },
  async find(context) {
    const { ListenerArn } = context.properties;
    const found = await orMissing(context.region.api.elbv2.DescribeRules({ ListenerArn }));
    return ours(context, found?.Rules?.map(({ RuleArn }) => RuleArn) ?? []);
  },
  async sync(existing) {
    const { region, physicalId: RuleArn, properties, before } = existing;
    if (before && changed(existing, 'Conditions', 'Actions'))
      await region.api.elbv2.ModifyRule({
        RuleArn,
        Conditions: [...properties.Conditions],
        Actions: [...properties.Actions],
      });
    if (before && changed(existing, 'Priority'))
      await region.api.elbv2.SetRulePriorities({
        RulePriorities: [{ RuleArn, Priority: properties.Priority }],
      });
    await syncTags(existing);
  },
  read: async () => ({ IsDefault: false }),
  delete: ({ region, physicalId }) => gone(region.api.elbv2.DeleteRule({ RuleArn: physicalId })),
});
