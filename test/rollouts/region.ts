import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type Service,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createHome, eventually, users } from '../support/fairway.ts';
import { rolloutsTemplate, type Rollout } from './template.ts';

const cluster = 'rollouts';

export interface RolloutRegion {
  describe(service: string): Promise<Service>;
  update(service: string, change: Omit<UpdateServiceCommandInput, 'cluster' | 'service'>): Promise<void>;
  /** A new revision of the service's task definition, with another command. */
  revise(service: string, command: readonly string[]): Promise<string>;
  /** One deployment, with all its tasks running and no others: what DescribeServices shows of a service that is steady. */
  steady(service: string): Promise<Service>;
  /** States of a service's targets by address. */
  targets(service: string): Promise<Readonly<Record<string, string>>>;
  dispose(): Promise<void>;
}

/** A region of its own, as an ordinary user's where there is one, in which the services given are steady. */
export async function startRolloutRegion(rollouts: readonly Rollout[]): Promise<RolloutRegion> {
  const home = createHome(users.at(-1));
  const { stdout, stderr } = await home.run(['env', '--json']);
  if (stdout === '') throw new Error(stderr);
  const settings = JSON.parse(stdout) as Record<string, string>;
  const options = {
    endpoint: settings.AWS_ENDPOINT_URL!,
    region: settings.AWS_REGION!,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const cloudformation = new CloudFormationClient(options);
  const ecs = new ECSClient(options);
  const elbv2 = new ElasticLoadBalancingV2Client(options);

  await cloudformation.send(
    new CreateStackCommand({
      StackName: 'rollouts',
      TemplateBody: rolloutsTemplate(rollouts),
      Capabilities: ['CAPABILITY_IAM'],
    }),
  );
  await waitUntilStackCreateComplete(
    { client: cloudformation, maxWaitTime: 200, minDelay: 1, maxDelay: 1 },
    { StackName: 'rollouts' },
  ).catch(async (error: unknown) => {
    const { StackEvents } = await cloudformation.send(
      new DescribeStackEventsCommand({ StackName: 'rollouts' }),
    );
    const { services = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster, services: rollouts.map(({ name }) => name) }),
    );
    const said = [
      ...(StackEvents ?? [])
        .filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'))
        .map(
          ({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`,
        ),
      ...services.map(({ serviceName, events = [] }) => `${serviceName}: ${events[0]?.message}`),
    ];
    await home.dispose();
    throw new Error(`the stack was not created:\n${said.join('\n')}`, { cause: error });
  });

  const describe = async (service: string) => {
    const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    return services[0]!;
  };
  return {
    describe,
    async update(service, change) {
      await ecs.send(new UpdateServiceCommand({ cluster, service, ...change }));
    },
    async revise(service, command) {
      const { taskDefinition } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: service }),
      );
      const { containerDefinitions = [], ...rest } = taskDefinition!;
      const { taskDefinition: next } = await ecs.send(
        new RegisterTaskDefinitionCommand({
          family: service,
          requiresCompatibilities: ['FARGATE'],
          networkMode: 'awsvpc',
          cpu: rest.cpu,
          memory: rest.memory,
          executionRoleArn: rest.executionRoleArn,
          containerDefinitions: containerDefinitions.map((one) => ({ ...one, command: [...command] })),
        }),
      );
      return next!.taskDefinitionArn!;
    },
    steady: (service) =>
      eventually(
        async () => {
          const now = await describe(service);
          const { taskArns = [] } = await ecs.send(
            new ListTasksCommand({ cluster, serviceName: service, desiredStatus: 'RUNNING' }),
          );
          const [deployment, ...others] = now.deployments ?? [];
          const { runningCount, desiredCount = 0, pendingCount } = now;
          return (
            others.length === 0 &&
            deployment?.rolloutState === 'COMPLETED' &&
            runningCount === desiredCount &&
            pendingCount === 0 &&
            taskArns.length === desiredCount &&
            now
          );
        },
        90,
        `${service} as a steady service`,
      ),
    async targets(service) {
      const { TargetGroups = [] } = await elbv2.send(new DescribeTargetGroupsCommand({ Names: [service] }));
      const { TargetHealthDescriptions = [] } = await elbv2.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: TargetGroups[0]!.TargetGroupArn }),
      );
      return Object.fromEntries(
        TargetHealthDescriptions.map(({ Target, TargetHealth }) => [Target!.Id!, TargetHealth!.State!]),
      );
    },
    async dispose() {
      for (const client of [cloudformation, ecs, elbv2]) client.destroy();
      await home.dispose();
    },
  };
}
