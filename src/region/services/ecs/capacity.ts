import type { CapacityProviderStrategyItem, LaunchType } from '@aws-sdk/client-ecs';
import { invalidParameter, notEnacted } from './errors.ts';
import type { ClusterRecord } from './state.ts';

export const fargateProviders: ReadonlySet<string> = new Set(['FARGATE', 'FARGATE_SPOT']);

/** One Fargate provider is enacted; a mixture would have to be drawn by base and weight. */
export function checkStrategy(
  strategy: readonly CapacityProviderStrategyItem[] | undefined,
): string | undefined {
  if (!strategy?.length) return undefined;
  const [first, ...others] = strategy;
  if (others.length > 0)
    throw notEnacted('a capacity provider strategy of several providers; name one, FARGATE or FARGATE_SPOT');
  const provider = first?.capacityProvider ?? '';
  if (!fargateProviders.has(provider)) throw notEnacted(`capacity provider ${provider}`);
  return provider;
}

/**
 * Where tasks run: a strategy or a launch type, not both; neither means the cluster's default strategy, else EC2.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html
 * Returns the capacity provider, or nothing for the launch type FARGATE.
 */
export function chooseCapacity(
  cluster: ClusterRecord,
  launchType: LaunchType | undefined,
  strategy: readonly CapacityProviderStrategyItem[] | undefined,
): string | undefined {
  if (launchType && strategy?.length)
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  if (launchType === 'FARGATE') return undefined;
  const provider = launchType
    ? undefined
    : checkStrategy(strategy?.length ? strategy : cluster.defaultStrategy);
  if (!provider) throw notEnacted(`launch type ${launchType ?? 'EC2'}; write launchType FARGATE`);
  return provider;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html: LATEST is 1.4.0 */
export function resolvePlatform(version: string | undefined): string {
  if (version === undefined || version === 'LATEST' || version === '1.4.0') return '1.4.0';
  throw notEnacted(`platform version ${version}`);
}
