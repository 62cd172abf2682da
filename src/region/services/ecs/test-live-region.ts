import type * as sdk from '@aws-sdk/client-ecs';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../../common/clock.ts';
import { assembleRegion } from '../../assemble.ts';
import { buildNetwork } from '../../network/build-network.ts';
import { createNetwork } from '../../network/create-network.ts';
import { startNetd } from '../../network/start-netd.ts';
import { bundlePrograms, findTestTools } from '../../network/testing/programs.ts';
import type { Region } from '../../region.ts';
import { createRuntime, type LocalRuntime } from '../../runtime/create-runtime.ts';
import { testCache } from '../../runtime/testing/heavy.ts';
import { bundleLayerProgram } from '../../runtime/testing/layer-program.ts';
import { openStore } from '../../store/store.ts';

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

export interface LiveRegion {
  readonly region: Region;
  readonly runtime: LocalRuntime;
  readonly stateDirectory: string;
  readonly subnetId: string;
  readonly vpcId: string;
  /** One that lets everything in and out. */
  readonly groupId: string;
  readonly roleArn: string;
  readonly ids: 'range' | 'single';
  /** Registers and runs a task of busybox containers; gives its ARN. */
  run(
    containers: readonly (Partial<sdk.ContainerDefinition> & { readonly script?: string })[],
    more?: Partial<sdk.RegisterTaskDefinitionRequest>,
    overrides?: Partial<sdk.RunTaskRequest>,
  ): Promise<string>;
  task(arn: string): Promise<sdk.Task>;
  /** The task once it is there. */
  until(arn: string, lastStatus: string): Promise<sdk.Task>;
  /** What a container said, line by line. */
  lines(arn: string, container?: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** A whole region on real namespaces, with one subnet, and tasks in it. */
export async function liveRegion(clock: Clock = systemClock): Promise<LiveRegion> {
  const [programs, layerProgram] = await Promise.all([bundlePrograms(), bundleLayerProgram()]);
  const tools = await findTestTools();
  const stateDirectory = mkdtempSync(join(tmpdir(), 'fairway-tasks-'));
  chmodSync(stateDirectory, 0o755);
  const log = (message: string) => {
    if (process.env['FAIRWAY_TEST_LOG']) process.stderr.write(`${message}\n`);
  };
  const nodePath = process.execPath;
  const netd = await startNetd({ program: programs.netd, tools, log });
  const made: { runtime?: LocalRuntime; stopNetwork?: () => Promise<void> } = {};
  mkdirSync(join(stateDirectory, 'region'));
  const identity = {
    accountId: '000000000000',
    region: 'us-east-1',
    partition: 'aws',
    urlSuffix: 'amazonaws.com',
    stateDirectory: join(stateDirectory, 'region'),
  } as const;
  const assembly = assembleRegion({
    identity,
    store: openStore(),
    clock,
    log,
    nodePath,
    balancerProgram: '',
    plane({ store, clock, internal }) {
      const network = createNetwork({
        store,
        clock,
        log,
        netd,
        tools,
        topology: internal.ec2.topology,
        zones: () => internal.servicediscovery.zones(),
        routerProgram: programs.router,
        nodePath,
        stateDirectory: identity.stateDirectory,
        outside: {},
        metadata: internal.ecs.metadata,
      });
      const runtime = createRuntime({
        netd,
        cacheDirectory: testCache,
        stateDirectory: identity.stateDirectory,
        log,
        nodePath,
        layerProgram,
        buildNetwork: network.buildNamespace,
        buildNameServers: buildNetwork.nameServers,
        accountId: identity.accountId,
        region: identity.region,
      });
      made.runtime = runtime;
      made.stopNetwork = () => network.stop();
      const hostPorts = { mapping: new Map() } as unknown as Region['plane']['hostPorts'];
      return { netd, network, runtime, hostPorts };
    },
  });
  await assembly.start();
  const { api } = assembly.region;
  const { Vpc } = await api.ec2.CreateVpc({ CidrBlock: '10.0.0.0/16' });
  const vpcId = Vpc!.VpcId!;
  const { Subnet } = await api.ec2.CreateSubnet({
    VpcId: vpcId,
    CidrBlock: '10.0.0.0/24',
    AvailabilityZone: 'us-east-1a',
  });
  const { GroupId } = await api.ec2.CreateSecurityGroup({
    GroupName: 'all',
    Description: 'all',
    VpcId: vpcId,
  });
  await api.ec2.AuthorizeSecurityGroupIngress({
    GroupId,
    IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  });
  const { Role } = await api.iam.CreateRole({ RoleName: 'execution', AssumeRolePolicyDocument: trust });
  const roleArn = Role!.Arn!;
  await api.logs.CreateLogGroup({ logGroupName: 'tasks' });
  await api.ecs.CreateCluster({ clusterName: 'jobs' });
  const subnetId = Subnet!.SubnetId!;
  const logConfiguration = {
    logDriver: 'awslogs',
    options: { 'awslogs-group': 'tasks', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'x' },
  } as const;
  let family = 0;

  async function task(arn: string): Promise<sdk.Task> {
    const { tasks } = await api.ecs.DescribeTasks({ cluster: 'jobs', tasks: [arn] });
    return tasks![0]!;
  }
  return {
    region: assembly.region,
    runtime: made.runtime!,
    stateDirectory,
    subnetId,
    vpcId,
    groupId: GroupId!,
    roleArn,
    ids: netd.ids,
    task,
    async run(containers, more = {}, overrides = {}) {
      const { taskDefinition } = await api.ecs.RegisterTaskDefinition({
        family: `t${family++}`,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        executionRoleArn: roleArn,
        containerDefinitions: containers.map(({ script, ...container }, index) => ({
          name: index === 0 ? 'main' : `c${index}`,
          image: 'busybox',
          logConfiguration,
          ...(script === undefined ? {} : { command: ['sh', '-c', script] }),
          ...container,
        })),
        ...more,
      });
      const { tasks } = await api.ecs.RunTask({
        cluster: 'jobs',
        launchType: 'FARGATE',
        taskDefinition: taskDefinition!.taskDefinitionArn,
        networkConfiguration: {
          awsvpcConfiguration: { subnets: [subnetId], securityGroups: [GroupId!] },
        },
        ...overrides,
      });
      return tasks![0]!.taskArn!;
    },
    async until(arn, lastStatus) {
      for (let round = 0; round < 2400; round++) {
        const found = await task(arn);
        if (found.lastStatus === lastStatus) return found;
        if (found.lastStatus === 'STOPPED')
          throw new Error(`it stopped: ${found.stoppedReason} ${JSON.stringify(found.containers)}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error(`${arn} is not ${lastStatus} but ${JSON.stringify(await task(arn))}`);
    },
    async lines(arn, container = 'main') {
      const { events = [] } = await api.logs
        .GetLogEvents({
          logGroupName: 'tasks',
          logStreamName: `x/${container}/${arn.split('/').at(-1)}`,
          startFromHead: true,
        })
        .catch(() => ({ events: [] }));
      return events.map(({ message = '' }) => message);
    },
    async stop() {
      await assembly.stop();
      await made.stopNetwork?.();
      await netd.close();
      programs.remove();
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}
