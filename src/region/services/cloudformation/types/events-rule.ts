import type { RuleState, Target } from '@aws-sdk/client-eventbridge';
import { gone, orMissing } from '../engine/failure.ts';
import { changed, isOurs, listChanges, tagChanges } from './changes.ts';
import { resourceType, type Context, type Existing } from './resource-type.ts';

type Strategy = {
  readonly CapacityProvider: string;
  readonly Weight?: number;
  readonly Base?: number;
};
type Ecs = Omit<
  NonNullable<Target['EcsParameters']>,
  'NetworkConfiguration' | 'Tags' | 'CapacityProviderStrategy'
> & {
  readonly NetworkConfiguration?: {
    readonly AwsVpcConfiguration?: NonNullable<
      NonNullable<Target['EcsParameters']>['NetworkConfiguration']
    >['awsvpcConfiguration'];
  };
  readonly CapacityProviderStrategy?: readonly Strategy[];
  readonly TagList?: NonNullable<Target['EcsParameters']>['Tags'];
};
type RuleTarget = Omit<Target, 'EcsParameters' | 'Id'> & {
  readonly Id: string;
  readonly EcsParameters?: Ecs;
};

interface Properties {
  readonly Name?: string;
  readonly Description?: string;
  readonly ScheduleExpression?: string;
  readonly State?: RuleState;
  readonly RoleArn?: string;
  readonly EventBusName?: string;
  readonly Targets?: readonly RuleTarget[];
  readonly Tags?: unknown;
}

const put = ({ region, name, properties }: Context<Properties>) => ({
  Name: name,
  Description: properties.Description,
  ScheduleExpression: properties.ScheduleExpression,
  State: properties.State,
  RoleArn: properties.RoleArn,
  EventBusName: properties.EventBusName,
  region,
});

/** A rule that starts tasks by time. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html */
export const eventsRule = resourceType<Properties>({
  type: 'AWS::Events::Rule',
  properties: [
    'Name',
    'Description',
    'ScheduleExpression',
    'State',
    'RoleArn',
    'EventBusName',
    'Targets',
    'Tags',
  ],
  naming: { property: 'Name', limit: 64 },
  async create(context) {
    const { region, ...rule } = put(context);
    const Tags = context.tags.map(({ Key, Value }) => ({ Key, Value }));
    await region.api.eventbridge.PutRule({ ...rule, Tags });
    return context.name;
  },
  async find(context) {
    const { eventbridge } = context.region.api;
    const found = await orMissing(eventbridge.ListTagsForResource({ ResourceARN: arnOf(context) }));
    return isOurs(context.tags, found?.Tags) ? context.name : undefined;
  },
  async sync(existing) {
    const { region, physicalId: Rule, properties, before, tried } = existing;
    const { eventbridge } = region.api;
    if (before && changed(existing, 'Description', 'ScheduleExpression', 'State', 'RoleArn')) {
      const { region: _region, ...rule } = put(existing);
      await eventbridge.PutRule({ ...rule, Name: Rule });
    }
    const { added, removed } = listChanges(
      properties.Targets ?? [],
      before?.Targets ?? [],
      tried.map(({ Targets = [] }) => Targets),
    );
    const kept = new Set((properties.Targets ?? []).map(({ Id }) => Id));
    const Ids = removed.map(({ Id }) => Id).filter((id) => !kept.has(id));
    if (Ids.length > 0) await eventbridge.RemoveTargets({ Rule, Ids });
    if (added.length > 0) await eventbridge.PutTargets({ Rule, Targets: added.map(target) });
    const tags = tagChanges(existing);
    const ResourceARN = arnOf(existing);
    if (tags.put.length > 0) await eventbridge.TagResource({ ResourceARN, Tags: [...tags.put] });
    if (tags.remove.length > 0) await eventbridge.UntagResource({ ResourceARN, TagKeys: [...tags.remove] });
  },
  read: async (existing) => ({ Arn: arnOf(existing) }),
  async delete({ region, physicalId: Rule }) {
    const { eventbridge } = region.api;
    const found = await orMissing(eventbridge.ListTargetsByRule({ Rule }));
    const Ids = found?.Targets?.flatMap(({ Id }) => Id ?? []) ?? [];
    if (Ids.length > 0) await eventbridge.RemoveTargets({ Rule, Ids });
    await gone(eventbridge.DeleteRule({ Name: Rule }));
  },
});

function arnOf({ region, name }: Context<Properties> | Existing<Properties>): string {
  const { partition, region: regionName, accountId } = region.identity;
  return `arn:${partition}:events:${regionName}:${accountId}:rule/${name}`;
}

/** The properties write some names otherwise than the API does. */
function target({ EcsParameters, ...rest }: RuleTarget): Target {
  if (!EcsParameters) return rest;
  const { NetworkConfiguration, CapacityProviderStrategy, TagList, ...same } = EcsParameters;
  return {
    ...rest,
    EcsParameters: {
      ...same,
      ...(NetworkConfiguration
        ? { NetworkConfiguration: { awsvpcConfiguration: NetworkConfiguration.AwsVpcConfiguration } }
        : {}),
      ...(CapacityProviderStrategy
        ? {
            CapacityProviderStrategy: CapacityProviderStrategy.map(({ CapacityProvider, Weight, Base }) => ({
              capacityProvider: CapacityProvider,
              weight: Weight,
              base: Base,
            })),
          }
        : {}),
      ...(TagList ? { Tags: TagList } : {}),
    },
  };
}
