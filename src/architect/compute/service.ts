import { listeningMember } from '../exposure/application.ts';
import { networkListeners } from '../exposure/network.ts';
import { getAtt, ref, resource } from '../intrinsics.ts';
import { hasName } from '../discovery.ts';
import { openGroups } from '../edges/learn.ts';
import { layoutOf, routesOut, taskSubnets } from '../network.ts';
import { logicalId } from '../naming.ts';
import { takesExec } from '../permissions.ts';
import type { Plan } from '../plan.ts';
import { scalingOf } from '../autoscaled.ts';
import { balancerRules, ids } from '../security.ts';
import { mountsOf } from '../state/file-systems.ts';
import { volumeConfigurations } from '../state/task-volumes.ts';
import { members, type Task, tasksBefore } from '../tasks.ts';
import { taskDefinitionRef } from './task-definition.ts';

/** How long a service behind a load balancer may take to answer its first health check. */
const GRACE_SECONDS = 30;

export function ecsService(plan: Plan, task: Task) {
  const layout = layoutOf(plan);
  const { owner } = task;
  const { name, rollout } = owner;
  const targets = targetsOf(plan, name);
  // Two tasks must not write to one volume: the old one ends before the new one begins.
  const stateful = (plan.storage.get(name)?.volumes ?? []).some(
    ({ kind }) => kind === 'kept' || kind === 'efs',
  );
  return resource(
    `${name}: the service`,
    'AWS::ECS::Service',
    {
      Cluster: cluster(plan),
      LaunchType: 'FARGATE',
      TaskDefinition: taskDefinitionRef(name),
      // Left out, it is 1 at creation, then the least of the scalable target, and no deployment moves it:
      // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
      ...(scalingOf(task) ? {} : { DesiredCount: ref(logicalId.desiredCount(name)) }),
      ...(members(task).every(takesExec) ? { EnableExecuteCommand: true } : {}),
      DeploymentConfiguration: {
        MinimumHealthyPercent: rollout.minimumHealthyPercent?.value ?? (stateful ? 0 : 100),
        MaximumPercent: rollout.maximumPercent?.value ?? (stateful ? 100 : 200),
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: layout.privateTasks ? 'DISABLED' : 'ENABLED',
          SecurityGroups: [
            getAtt(logicalId.securityGroup(name), 'GroupId'),
            ...openGroups(plan, owner).map((group) => getAtt(group, 'GroupId')),
          ],
          Subnets: taskSubnets(layout).map(ref),
        },
      },
      ...(hasName(plan, name)
        ? { ServiceRegistries: [{ RegistryArn: getAtt(logicalId.discovery(name), 'Arn') }] }
        : {}),
      ...volumeConfigurations(plan, name),
      ...(targets.length > 0
        ? {
            HealthCheckGracePeriodSeconds: GRACE_SECONDS + slowestStart(task),
            LoadBalancers: targets.map(({ port, group }) => ({
              ContainerName: listeningMember(plan, name, port).name,
              ContainerPort: port,
              TargetGroupArn: ref(group),
            })),
          }
        : {}),
    },
    { DependsOn: [...new Set(before(plan, task))].sort() },
  );
}

/** By name: one of its own, or one that is there. */
export const cluster = ({ app, target }: Plan): unknown =>
  target === 'aws' && app.settings.existing?.cluster
    ? app.settings.existing.cluster.value.split('/').at(-1)
    : ref('Cluster');

const slowestStart = (task: Task): number =>
  Math.max(...members(task).map(({ healthCheck }) => Math.ceil(healthCheck?.startPeriodSeconds ?? 0)));

/** The target groups it registers with, each once. */
function targetsOf({ publicServices }: Plan, name: string): { port: number; group: string }[] {
  const own = publicServices.filter(({ service }) => service === name);
  const http = own
    .filter(({ protocol }) => protocol === 'http')
    .map(({ containerPort: port }) => ({ port, group: logicalId.targetGroup(name, port) }));
  const plain = networkListeners(own).map(({ containerPort: port, transport }) => ({
    port,
    group: logicalId.networkTargetGroup(name, port, transport),
  }));
  return [...new Map([...http, ...plain].map((target) => [target.group, target])).values()];
}

/** What references do not show. */
function before(plan: Plan, task: Task): string[] {
  const { name } = task.owner;
  return [
    // A task takes the search domain that is there when it starts.
    'DhcpOptionsAssociation',
    ...routesOut(layoutOf(plan)),
    ...plan.publicServices
      .filter(({ service }) => service === name)
      .map(({ protocol, listenerPort, host, path }) =>
        protocol !== 'http'
          ? logicalId.networkListener(listenerPort)
          : host !== undefined || path !== undefined
            ? logicalId.listenerRule(name, listenerPort)
            : logicalId.listener(listenerPort),
      ),
    // A task that starts before its rules are there finds its peers closed.
    ...balancerRules(plan)
      .filter(({ to }) => to === name)
      .flatMap(ids),
    ...plan.edges.filter(({ from }) => from === name).flatMap(ids),
    ...mountsOf(plan, name),
    ...tasksBefore(task, plan.tasks).map(({ owner }) => logicalId.service(owner.name)),
  ];
}

/** `NetworkConfiguration` as RunTask wants it, in words of the stack's outputs. */
export const onceOutputs = (plan: Plan, task: Task) => {
  const { name } = task.owner;
  return {
    TaskDefinition: taskDefinitionRef(name),
    SecurityGroups: {
      'Fn::Join': [
        ',',
        [
          getAtt(logicalId.securityGroup(name), 'GroupId'),
          ...openGroups(plan, task.owner).map((group) => getAtt(group, 'GroupId')),
        ],
      ],
    },
  };
};
