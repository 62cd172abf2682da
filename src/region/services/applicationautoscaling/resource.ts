import type { Service } from '@aws-sdk/client-ecs';
import type { Region } from '../../region.ts';
import { invalid, notEnacted } from './errors.ts';

export const NAMESPACE = 'ecs';
export const DIMENSION = 'ecs:service:DesiredCount';

/** Of what can scale on AWS, the services of ECS are here. https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html */
export function checkResource(input: {
  readonly ServiceNamespace?: string | undefined;
  readonly ResourceId?: string | undefined;
  readonly ScalableDimension?: string | undefined;
}): string {
  checkNamespace(input.ServiceNamespace);
  checkDimension(input.ScalableDimension);
  serviceOf(input.ResourceId ?? '');
  return input.ResourceId ?? '';
}

export function checkNamespace(namespace: string | undefined): void {
  if (namespace !== NAMESPACE) throw notEnacted(`Service namespace ${namespace ?? '(none)'}`);
}
export function checkDimension(dimension: string | undefined): void {
  if (dimension !== DIMENSION)
    throw invalid(
      `Unsupported service namespace, resource type or scalable dimension: ${dimension ?? '(none)'}`,
    );
}

/** Cluster and name of a service by its resource id. */
export function serviceOf(resourceId: string): { readonly cluster: string; readonly service: string } {
  const [, cluster, service] = /^service\/([^/]+)\/([^/]+)$/.exec(resourceId) ?? [];
  if (cluster === undefined || service === undefined)
    throw invalid(
      `Unsupported resource type or invalid resource id: ${resourceId}; an ECS service is service/CLUSTER/SERVICE`,
    );
  return { cluster, service };
}

export interface Capacity {
  readonly desired: number;
  readonly running: number;
  /** A deployment goes on. */
  readonly deploying: boolean;
}

/** What a service has now; undefined where there is none that is active. */
export async function capacityOf(region: Region, resourceId: string): Promise<Capacity | undefined> {
  const { cluster, service } = serviceOf(resourceId);
  const found: Service | undefined = await region.api.ecs
    .DescribeServices({ cluster, services: [service] })
    .then(({ services }) => services?.[0])
    .catch(() => undefined);
  if (found?.status !== 'ACTIVE') return undefined;
  const { desiredCount = 0, runningCount = 0, deployments = [] } = found;
  return {
    desired: desiredCount,
    running: runningCount,
    // One that failed goes on no more, even where tasks of the one before still serve.
    deploying: deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS'),
  };
}
