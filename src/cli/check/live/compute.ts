import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  type ECSClientConfig,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  type ElasticLoadBalancingV2ClientConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LiveAnswers } from '../../../topology/from-live/answers.ts';
import { chunks, each, pagesOf } from './pages.ts';

/** Services of every cluster, and the task definitions they run. */
export async function askCompute(settings: ECSClientConfig): Promise<Partial<LiveAnswers>> {
  const ecs = new ECSClient(settings);
  const clusters = await pagesOf((more) => ecs.send(new ListClustersCommand(more)));
  const arns = clusters.flatMap(({ clusterArns = [] }) => clusterArns);
  const described = await each(arns, async (cluster) => {
    const pages = await pagesOf((more) => ecs.send(new ListServicesCommand({ cluster, ...more })));
    const services = pages.flatMap(({ serviceArns = [] }) => serviceArns);
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
    return each(chunks(services, 10), (some) =>
      pagesOf(() => ecs.send(new DescribeServicesCommand({ cluster, services: some }))),
    );
  });
  const services = described.flat(2);
  const definitions = new Set(
    services.flatMap(({ services: list = [] }) => list.flatMap(({ taskDefinition }) => taskDefinition ?? [])),
  );
  const answers = await each([...definitions], (taskDefinition) =>
    pagesOf(() => ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))),
  );
  ecs.destroy();
  return { DescribeServices: services, DescribeTaskDefinition: answers.flat() };
}

/** Load balancers with their listeners and rules. */
export async function askBalancing(
  settings: ElasticLoadBalancingV2ClientConfig,
): Promise<Partial<LiveAnswers>> {
  const elb = new ElasticLoadBalancingV2Client(settings);
  const balancers = await pagesOf((more) => elb.send(new DescribeLoadBalancersCommand(more)));
  const groups = await pagesOf((more) => elb.send(new DescribeTargetGroupsCommand(more)));
  const arns = balancers.flatMap(({ LoadBalancers = [] }) =>
    LoadBalancers.flatMap(({ LoadBalancerArn }) => LoadBalancerArn ?? []),
  );
  const listeners = await each(arns, (LoadBalancerArn) =>
    pagesOf((more) => elb.send(new DescribeListenersCommand({ LoadBalancerArn, ...more }))),
  );
  const ids = listeners
    .flat()
    .flatMap(({ Listeners = [] }) => Listeners.flatMap(({ ListenerArn }) => ListenerArn ?? []));
  const rules = await each(ids, (ListenerArn) =>
    pagesOf((more) => elb.send(new DescribeRulesCommand({ ListenerArn, ...more }))),
  );
  elb.destroy();
  return {
    DescribeLoadBalancers: balancers,
    DescribeTargetGroups: groups,
    DescribeListeners: listeners.flat(),
    DescribeRules: rules.flat(),
  };
}
