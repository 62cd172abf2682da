import type * as sdk from '@aws-sdk/client-ecs';
import { isDeepStrictEqual } from 'node:util';
import type { Handlers } from '../../gateway/types.ts';
import { chooseCapacity, resolvePlatform } from './capacity.ts';
import { findCluster } from './clusters.ts';
import { newDeployment } from './deployments.ts';
import { invalidParameter, refuseOthers, serviceNotActive, serviceNotFound } from './errors.ts';
import { nameOf } from './ids.ts';
import { checkNetwork } from './network-input.ts';
import { page } from './page.ts';
import {
  checkDeploymentConfiguration,
  checkLoadBalancers,
  checkRegistries,
  checkServiceKind,
} from './service-input.ts';
import { viewService } from './service-view.ts';
import type { Ecs, Revision, Sdk, ServiceRecord } from './state.ts';
import { putTags } from './tags.ts';
import { usableDefinition } from './task-definitions.ts';
import { checkLaunchVolumes } from './volume-check.ts';

const enacted = [
  'cluster',
  'taskDefinition',
  'availabilityZoneRebalancing',
  'loadBalancers',
  'serviceRegistries',
  'desiredCount',
  'capacityProviderStrategy',
  'platformVersion',
  'deploymentConfiguration',
  'networkConfiguration',
  'healthCheckGracePeriodSeconds',
  'deploymentController',
  'enableECSManagedTags',
  'propagateTags',
  'enableExecuteCommand',
  'serviceConnectConfiguration',
  'volumeConfigurations',
] as const;

export function serviceHandlers(ecs: Ecs): Handlers<Sdk> {
  const { tables, arns, now } = ecs;
  const require = (wanted: string | undefined, cluster: string | undefined): ServiceRecord => {
    findCluster(ecs, cluster);
    const service = findService(ecs, wanted ?? '', cluster);
    if (!service) throw serviceNotFound();
    return service;
  };

  return {
    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
    async CreateService(input) {
      refuseOthers(input, [
        ...enacted,
        'serviceName',
        'clientToken',
        'launchType',
        'schedulingStrategy',
        'tags',
      ]);
      checkServiceKind(input);
      const cluster = findCluster(ecs, input.cluster);
      const name = input.serviceName ?? '';
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
        throw invalidParameter(
          `Service name ${name} is not valid: up to 255 letters, numbers, hyphens and underscores.`,
        );
      const arn = arns.service(cluster.name, name);
      const desiredCount = checkCount(input.desiredCount);
      const definition = usableDefinition(ecs, input.taskDefinition);
      const { loadBalancers = [], serviceRegistries = [] } = input;
      const revision: Revision = {
        taskDefinitionArn: definition.taskDefinitionArn,
        ...checkNetwork(ecs, input.networkConfiguration),
        loadBalancers,
        serviceRegistries,
        ...(input.volumeConfigurations?.length ? { volumeConfigurations: input.volumeConfigurations } : {}),
        platformVersion: resolvePlatform(input.platformVersion),
        capacityProvider: chooseCapacity(cluster, input.launchType, input.capacityProviderStrategy),
      };
      checkLaunchVolumes(definition, revision.volumeConfigurations);
      const deploymentConfiguration = checkDeploymentConfiguration(input.deploymentConfiguration);
      await checkLoadBalancers(ecs, loadBalancers, definition);
      await checkRegistries(ecs, serviceRegistries, definition);
      const existing = tables.services.get(arn);
      if (existing && existing.status !== 'INACTIVE') {
        const same =
          isDeepStrictEqual(existing.deployments[0]?.revision, revision) &&
          existing.desiredCount === desiredCount &&
          isDeepStrictEqual(existing.deploymentConfiguration, deploymentConfiguration);
        if (input.clientToken ? existing.clientToken === input.clientToken : same)
          return { service: viewService(ecs, existing, ['TAGS']) };
        throw invalidParameter('Creation of service was not idempotent.');
      }
      const owner = {
        arn,
        name,
        clusterName: cluster.name,
        clusterArn: cluster.arn,
        deployments: [],
        deploymentConfiguration,
      };
      tables.serviceEvents.delete(arn);
      tables.tags.delete(arn);
      putTags(ecs, arn, input.tags);
      tables.services.put(arn, {
        ...owner,
        status: 'ACTIVE',
        desiredCount,
        gracePeriodSeconds: checkGrace(input.healthCheckGracePeriodSeconds) ?? 0,
        deployments: newDeployment(ecs, owner, revision),
        enableManagedTags: input.enableECSManagedTags ?? false,
        propagateTags: input.propagateTags ?? 'NONE',
        enableExecuteCommand: input.enableExecuteCommand ?? false,
        clientToken: input.clientToken,
        steady: false,
        createdAt: now(),
      });
      return { service: viewService(ecs, tables.services.get(arn)!, ['TAGS']) };
    },

    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
    async UpdateService(input) {
      refuseOthers(input, [...enacted, 'service', 'forceNewDeployment']);
      checkServiceKind(input);
      const cluster = findCluster(ecs, input.cluster);
      const found = require(input.service, input.cluster);
      if (found.status !== 'ACTIVE') throw serviceNotActive();
      const current = found.deployments[0]!.revision;
      const definition = input.taskDefinition ? usableDefinition(ecs, input.taskDefinition) : undefined;
      const revision: Revision = {
        ...current,
        ...(definition ? { taskDefinitionArn: definition.taskDefinitionArn } : {}),
        ...(input.networkConfiguration ? checkNetwork(ecs, input.networkConfiguration) : {}),
        ...(input.loadBalancers ? { loadBalancers: input.loadBalancers } : {}),
        ...(input.serviceRegistries ? { serviceRegistries: input.serviceRegistries } : {}),
        // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html: absent keeps them
        ...(input.volumeConfigurations ? { volumeConfigurations: input.volumeConfigurations } : {}),
        ...(input.platformVersion ? { platformVersion: resolvePlatform(input.platformVersion) } : {}),
        ...(input.capacityProviderStrategy
          ? { capacityProvider: chooseCapacity(cluster, undefined, input.capacityProviderStrategy) }
          : {}),
      };
      const deploymentConfiguration = checkDeploymentConfiguration(
        input.deploymentConfiguration,
        found.deploymentConfiguration,
      );
      const desiredCount = input.desiredCount === undefined ? undefined : checkCount(input.desiredCount);
      const gracePeriodSeconds = checkGrace(input.healthCheckGracePeriodSeconds);
      const wanted = definition ?? tables.taskDefinitions.get(revision.taskDefinitionArn)!;
      checkLaunchVolumes(wanted, revision.volumeConfigurations);
      if (input.loadBalancers ?? definition) await checkLoadBalancers(ecs, revision.loadBalancers, wanted);
      if (input.serviceRegistries ?? definition)
        await checkRegistries(ecs, revision.serviceRegistries, wanted);
      // Read again: the scheduler may have written while the checks waited.
      const service = require(input.service, input.cluster);
      if (service.status !== 'ACTIVE') throw serviceNotActive();
      const [present, ...before] = service.deployments;
      const deploys = input.forceNewDeployment === true || startsDeployment(revision, present!.revision);
      const after = tables.services.patch(service.arn, {
        deploymentConfiguration,
        ...(desiredCount === undefined ? {} : { desiredCount }),
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        ...(input.enableECSManagedTags === undefined
          ? {}
          : { enableManagedTags: input.enableECSManagedTags }),
        ...(input.propagateTags === undefined ? {} : { propagateTags: input.propagateTags }),
        ...(input.enableExecuteCommand === undefined
          ? {}
          : { enableExecuteCommand: input.enableExecuteCommand }),
        ...(deploys
          ? {
              deployments: newDeployment(ecs, { ...service, deploymentConfiguration }, revision),
              steady: false,
              told: {},
            }
          : { deployments: [{ ...present!, revision }, ...before] }),
        ...(desiredCount !== undefined && desiredCount !== service.desiredCount ? { steady: false } : {}),
      });
      return { service: viewService(ecs, after, ['TAGS']) };
    },

    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html */
    DeleteService({ service: wanted, cluster, force }) {
      const service = require(wanted, cluster);
      if (service.status !== 'ACTIVE') return { service: viewService(ecs, service) };
      if (service.desiredCount > 0 && !force)
        throw invalidParameter('The service cannot be stopped while it is scaled above 0.');
      const after = tables.services.patch(service.arn, { status: 'DRAINING', desiredCount: 0 });
      return { service: viewService(ecs, after) };
    },

    /** Unknown ones are failures, not errors. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
    DescribeServices({ services = [], cluster, include }) {
      if (services.length > 10) throw invalidParameter('services can have at most 10 items.');
      const { name: clusterName } = findCluster(ecs, cluster);
      const found = services.map((wanted) => ({ wanted, service: findService(ecs, wanted, cluster) }));
      return {
        services: found.flatMap(({ service }) => (service ? [viewService(ecs, service, include)] : [])),
        failures: found
          .filter(({ service }) => !service)
          .map(({ wanted }) => ({ arn: arns.service(clusterName, nameOf(wanted)), reason: 'MISSING' })),
      };
    },

    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html */
    ListServices({ cluster, launchType, schedulingStrategy, maxResults, nextToken }) {
      const { arn } = findCluster(ecs, cluster);
      const fitting = (service: ServiceRecord) =>
        (!schedulingStrategy || schedulingStrategy === 'REPLICA') &&
        (!launchType ||
          (launchType === 'FARGATE' && service.deployments[0]?.revision.capacityProvider === undefined));
      const matching = [...tables.services.values()].filter(
        (service) => service.clusterArn === arn && service.status === 'ACTIVE' && fitting(service),
      );
      const { items, next } = page(matching, maxResults ?? 10, nextToken);
      return { serviceArns: items.map((service) => service.arn), nextToken: next };
    },
  };
}

/**
 * Whether an update changes what starts a deployment: not the desired count nor how it is deployed, and of a revision not the capacity
 * provider, which only later tasks get. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
const startsDeployment = (wanted: Revision, present: Revision): boolean =>
  !isDeepStrictEqual({ ...wanted, capacityProvider: present.capacityProvider }, present);

/** By ARN, or by name in a cluster. */
export function findService(
  { tables, arns }: Ecs,
  wanted: string,
  cluster = 'default',
): ServiceRecord | undefined {
  return tables.services.get(arns.service(nameOf(cluster), nameOf(wanted)));
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html: 5,000 tasks per service */
function checkCount(count: sdk.CreateServiceRequest['desiredCount']): number {
  if (count === undefined)
    throw invalidParameter('desiredCount is required for the REPLICA scheduling strategy.');
  if (!Number.isInteger(count) || count < 0 || count > 5000)
    throw invalidParameter(`desiredCount ${count} is not within 0 to 5000.`);
  return count;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html (healthCheckGracePeriodSeconds) */
function checkGrace(seconds: number | undefined): number | undefined {
  if (seconds !== undefined && (!Number.isInteger(seconds) || seconds < 0 || seconds > 2_147_483_647))
    throw invalidParameter(`healthCheckGracePeriodSeconds ${seconds} is not within 0 to 2147483647.`);
  return seconds;
}
