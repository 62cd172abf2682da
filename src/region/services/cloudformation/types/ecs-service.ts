import type { CreateServiceCommandInput, Service, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { sameValue } from '../../../../template/index.ts';
import type { Region } from '../../../region.ts';
import { gone, orMissing, ResourceFailure } from '../engine/failure.ts';
import { camelCased } from './camel-case.ts';
import { changed } from './changes.ts';
import { ecsTags, isOurOwn, syncTags } from './ecs.ts';
import { deploymentFailure } from './ecs-service-failure.ts';
import { resourceType, type Existing } from './resource-type.ts';

interface Properties {
  readonly ServiceName?: string;
  readonly Cluster?: string;
  readonly TaskDefinition?: string;
  readonly DesiredCount?: number;
  readonly LaunchType?: string;
  readonly SchedulingStrategy?: string;
  readonly DeploymentController?: unknown;
  readonly PlatformVersion?: string;
  readonly CapacityProviderStrategy?: unknown;
  readonly DeploymentConfiguration?: unknown;
  readonly NetworkConfiguration?: unknown;
  readonly LoadBalancers?: unknown;
  readonly ServiceRegistries?: unknown;
  readonly ServiceConnectConfiguration?: unknown;
  readonly HealthCheckGracePeriodSeconds?: number;
  readonly EnableECSManagedTags?: boolean;
  readonly EnableExecuteCommand?: boolean;
  readonly PropagateTags?: string;
  readonly AvailabilityZoneRebalancing?: string;
  readonly VolumeConfigurations?: unknown;
  readonly ForceNewDeployment?: {
    readonly EnableForceNewDeployment?: boolean;
    readonly ForceNewDeploymentNonce?: string;
  };
  readonly Tags?: unknown;
}

const type = 'AWS::ECS::Service';

const updatable = [
  'TaskDefinition',
  'DesiredCount',
  'PlatformVersion',
  'CapacityProviderStrategy',
  'DeploymentConfiguration',
  'NetworkConfiguration',
  'LoadBalancers',
  'ServiceRegistries',
  'ServiceConnectConfiguration',
  'HealthCheckGracePeriodSeconds',
  'EnableECSManagedTags',
  'EnableExecuteCommand',
  'PropagateTags',
  'AvailabilityZoneRebalancing',
  'VolumeConfigurations',
] as const;
/** What an update says where the template says nothing any more. A desired count stays what it is, so that what scales it keeps it. */
const absent: Partial<Record<(typeof updatable)[number], unknown>> = {
  CapacityProviderStrategy: [],
  LoadBalancers: [],
  ServiceRegistries: [],
  VolumeConfigurations: [],
  HealthCheckGracePeriodSeconds: 0,
  EnableECSManagedTags: false,
  EnableExecuteCommand: false,
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html */
export const service = resourceType<Properties>({
  type,
  properties: [
    ...updatable,
    'ServiceName',
    'Cluster',
    'LaunchType',
    'SchedulingStrategy',
    'DeploymentController',
    'ForceNewDeployment',
    'Tags',
  ],
  naming: { property: 'ServiceName', limit: 255 },
  async create(context) {
    const { ForceNewDeployment: _new, ...properties } = context.properties;
    const { service: made } = await context.region.api.ecs.CreateService({
      ...(camelCased(type, {
        DesiredCount: 1,
        ...properties,
      }) as unknown as CreateServiceCommandInput),
      serviceName: context.name,
      clientToken: context.token,
      tags: ecsTags(context),
    });
    return made!.serviceArn!;
  },
  async find(context) {
    const found = await describe(context.region, context.properties.Cluster, context.name);
    const alive = found && found.status !== 'INACTIVE';
    return alive && isOurOwn(context, found.tags) ? found.serviceArn : undefined;
  },
  async sync(existing) {
    const { region, properties, physicalId } = existing;
    if (!existing.before) return;
    const touched = updatable.filter((name) => changed(existing, name));
    const force = forces(existing);
    if (touched.length > 0 || force)
      await region.api.ecs.UpdateService({
        ...(camelCased(
          type,
          Object.fromEntries(touched.map((name) => [name, properties[name] ?? absent[name]])),
        ) as unknown as UpdateServiceCommandInput),
        cluster: properties.Cluster,
        service: physicalId,
        ...(force ? { forceNewDeployment: true } : {}),
      });
    await syncTags(existing);
  },
  settle: (existing) => existing.wait(['ecs'], () => steady(existing)).then(() => undefined),
  async read({ region, properties, physicalId }) {
    const found = await describe(region, properties.Cluster, physicalId);
    return { Name: found?.serviceName, ServiceArn: physicalId };
  },
  async delete({ region, properties: { Cluster: cluster }, physicalId, wait }) {
    const found = await describe(region, cluster, physicalId);
    if (found?.status === 'ACTIVE') {
      if (found.schedulingStrategy !== 'DAEMON' && found.desiredCount !== 0)
        await gone(region.api.ecs.UpdateService({ cluster, service: physicalId, desiredCount: 0 }));
      await gone(region.api.ecs.DeleteService({ cluster, service: physicalId, force: true }));
    }
    // INACTIVE comes when the last of its tasks has stopped: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    await wait(['ecs'], async () => {
      const left = await describe(region, cluster, physicalId);
      return left === undefined || left.status === 'INACTIVE' || undefined;
    });
  },
});

async function describe(
  region: Region,
  cluster: string | undefined,
  name: string,
): Promise<Service | undefined> {
  const found = await orMissing(
    region.api.ecs.DescribeServices({ cluster, services: [name], include: ['TAGS'] }),
  );
  return found?.services?.[0];
}

/**
 * Whether the deployment of the wanted task definition is over: one deployment, completed, with the desired count running.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
 * https://repost.aws/articles/ARQJJetqfbSGq8hUxlBV9O8Q/ecs-deployment-circuit-breaker-was-triggered
 */
async function steady(existing: Existing<Properties>): Promise<true | undefined> {
  const { region, properties, physicalId, before } = existing;
  const found = await describe(region, properties.Cluster, physicalId);
  if (!found || found.status !== 'ACTIVE')
    throw new ResourceFailure(`Service ${physicalId} is ${found?.status ?? 'MISSING'}`, 'NotStabilized');
  const { deployments = [], desiredCount = 0 } = found;
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  const wanted = deployments.find(({ taskDefinition }) =>
    isWanted(taskDefinition, properties.TaskDefinition),
  );
  const otherwise = primary && !isWanted(primary.taskDefinition, properties.TaskDefinition);
  // Where the stack itself goes back, what ECS rolls back to is what is wanted.
  const back = before !== undefined && sameValue(before, properties);
  const rolledBack = !back && /rolling back to deploymentId/.test(primary?.rolloutStateReason ?? '');
  if (wanted?.rolloutState === 'FAILED' || otherwise || rolledBack)
    throw await deploymentFailure(region, found, wanted?.taskDefinition);
  const done =
    deployments.length === 1 &&
    primary?.rolloutState === 'COMPLETED' &&
    (primary.runningCount ?? 0) === desiredCount;
  if (!done && region.clock.now() >= existing.begunAt.getTime() + longestWait)
    throw new ResourceFailure(`Service ${physicalId} did not stabilize.`, 'NotStabilized');
  return done || undefined;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html: three hours; the words are not documented. */
const longestWait = 3 * 60 * 60 * 1000;

/** A changed nonce forces a deployment. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-service-forcenewdeployment.html */
const forces = (existing: Existing<Properties>): boolean =>
  existing.properties.ForceNewDeployment?.EnableForceNewDeployment === true &&
  changed(existing, 'ForceNewDeployment');

/** A task definition may be named by ARN, family:revision or family. */
function isWanted(arn: string | undefined, wanted: string | undefined): boolean {
  if (arn === undefined || wanted === undefined) return true;
  const short = arn.replace(/^.*task-definition\//, '');
  return arn === wanted || short === wanted || short.replace(/:\d+$/, '') === wanted;
}
