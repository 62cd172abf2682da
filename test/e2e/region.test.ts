import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsToolsWith, type AwsTools } from '../support/aws-tools.ts';
import { createHome, eventually, isAlive, users, type Home } from '../support/fairway.ts';
import { works } from '../support/programs.ts';
import { regionProcesses } from '../support/processes.ts';
import { startRegionCommand, type RegionCommand } from '../support/region-command.ts';

const TEMPLATE = join(import.meta.dirname, '../fixtures/rollouts/web.yaml');
const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith('fairway-region-'));

async function call(settings: Readonly<Record<string, string>>, operation: string, body: object = {}) {
  const answer = await fetch(settings['AWS_ENDPOINT_URL']!, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
      authorization: 'AWS4-HMAC-SHA256 Credential=fairway/20260101/us-east-1/ecs/aws4_request',
    },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe.each(users)('fairway region, as $name', (user) => {
  let home: Home;
  beforeAll(() => void (home = createHome(user)));
  afterAll(() => home?.dispose());

  test('--ephemeral: any client may call, each call is shown, and Ctrl-C leaves nothing', async () => {
    const before = temporary();
    const region = await startRegionCommand(home, '--ephemeral', '--port', '0', '--time-scale', '20');
    const [folder] = temporary().filter((name) => !before.includes(name));
    const lock = join(tmpdir(), folder!, 'fairway/region.lock');
    const { pid } = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number };
    const processes = regionProcesses(pid);
    expect(processes.length).toBeGreaterThan(1);
    expect(region.output()).toContain('time scale 20, pace eager');
    expect((await call(region.settings, 'CreateCluster', { clusterName: 'one' })).status).toBe(200);
    expect(
      (await call(region.settings, 'DescribeServices', { cluster: 'none', services: ['x'] })).status,
    ).toBe(400);
    await eventually(
      async () => region.output().includes('ClusterNotFoundException'),
      10,
      'the call that failed',
    );
    expect(region.output()).toMatch(/ecs CreateCluster +\d+ ms/);
    // The user's own region is another one, and was not started.
    expect(home.regionPid()).toBeUndefined();
    expect(await region.interrupt()).toBe(0);
    await eventually(async () => !processes.some(isAlive), 10, 'the end of all its processes');
    expect(existsSync(join(tmpdir(), folder!))).toBe(false);
  });

  test('a region that loses who started it ends, with its state', async () => {
    const before = temporary();
    const region = await startRegionCommand(home, '--ephemeral', '--port', '0');
    const [folder] = temporary().filter((name) => !before.includes(name));
    region.child.kill('SIGKILL');
    await eventually(
      async () => !existsSync(join(tmpdir(), folder!)),
      20,
      'the end of the region and its state',
    );
  });

  test('takes over from the region in the background, whose state it goes on with; another one runs beside it', async () => {
    const { stdout } = await home.run(['env', '--json']);
    const background = home.regionPid();
    await call(JSON.parse(stdout) as Record<string, string>, 'CreateCluster', { clusterName: 'kept' });
    const region = await startRegionCommand(home, '--port', '0');
    expect(region.errors()).toContain(
      `taking over from the region that runs in the background (${background})`,
    );
    const { body } = await call(region.settings, 'ListClusters');
    expect(body['clusterArns']).toEqual(['arn:aws:ecs:us-east-1:000000000000:cluster/kept']);
    const second = await home.run(['region', '--port', '0']);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('runs in the foreground already');
    const beside = await startRegionCommand(home, '--ephemeral', '--port', '0');
    expect((await call(beside.settings, 'ListClusters')).body['clusterArns']).toEqual([]);
    const taken = await home.run([
      'region',
      '--ephemeral',
      '--port',
      new URL(beside.settings['AWS_ENDPOINT_URL']!).port,
    ]);
    expect(taken.code).toBe(1);
    expect(taken.stderr).toMatch(
      /is taken by a local region of Fairway's \(process \d+\)[^]*write --port \d+/,
    );
    expect(await beside.interrupt()).toBe(0);
    expect(await region.interrupt()).toBe(0);
    expect(home.regionPid()).toBeUndefined();
  });

  test('another time than that of a region in which something is deployed is refused; one with nothing is replaced', async () => {
    const { stdout } = await home.run(['env', '--json']);
    await call(JSON.parse(stdout) as Record<string, string>, 'CreateCluster', { clusterName: 'kept' });
    const { code, stderr } = await home.run(['up', home.example('jobs'), '--time-scale', '20', '--no-check']);
    expect(code).toBe(1);
    expect(stderr).toContain('runs at time scale 1, pace eager, not at time scale 20, pace eager');
    expect(stderr).toContain(`kill ${home.regionPid()}`);
  });

  test('a port that a program has, and values that cannot be', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const taken = await home.run(['region', '--ephemeral', '--port', String(port)]);
    server.close();
    expect(taken.code).toBe(1);
    // Root sees whose it is; an ordinary user may not look at what others run.
    const holder = user.ids ? "another user's program" : `(process ${process.pid})`;
    expect(taken.stderr).toContain(`port ${port} is taken by`);
    expect(taken.stderr).toContain(holder);
    expect(taken.stderr).toContain(`write --port ${port + 1}`);
    for (const [option, value, words] of [
      ['--time-scale', '0', 'is no number from 0.1 to 1000'],
      ['--time-scale', 'fast', 'is no number from 0.1 to 1000'],
      ['--pace', 'slow', 'is neither eager nor aws'],
      ['--port', '70000', 'is no port'],
    ] as const) {
      const { code, stderr } = await home.run(['region', '--ephemeral', option, value]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(`${option} "${value}" ${words}`)]);
    }
  });
});

const [user] = users;
const hasAws = works(user!, 'aws', '--version');
describe.skipIf(!hasAws)(
  `by the aws CLI alone${hasAws ? '' : ' (needs the aws CLI, which this user cannot run here)'}`,
  () => {
    let home: Home;
    let region: RegionCommand;
    let tools: AwsTools;
    let outputs: Readonly<Record<string, string>>;

    beforeAll(async () => {
      home = createHome(user);
      region = await startRegionCommand(home, '--ephemeral', '--port', '0');
      tools = awsToolsWith(home, region.settings);
    });
    afterAll(async () => {
      await region?.interrupt();
      await home?.dispose();
    });

    const deploy = (...more: string[]) =>
      tools.aws(
        'cloudformation',
        'deploy',
        '--template-file',
        TEMPLATE,
        '--stack-name',
        'web',
        '--capabilities',
        'CAPABILITY_IAM',
        ...more,
      );
    const stack = async () =>
      (
        await tools.json<{
          Stacks: { StackStatus: string; Outputs: { OutputKey: string; OutputValue: string }[] }[];
        }>('cloudformation', 'describe-stacks', '--stack-name', 'web')
      ).Stacks[0]!;
    const service = async () =>
      (
        await tools.json<{
          services: {
            runningCount: number;
            events: { message: string }[];
            deployments: { rolloutState: string }[];
          }[];
        }>('ecs', 'describe-services', '--cluster', outputs['Cluster']!, '--services', outputs['Service']!)
      ).services[0]!;
    const stable = () =>
      tools.aws(
        'ecs',
        'wait',
        'services-stable',
        '--cluster',
        outputs['Cluster']!,
        '--services',
        outputs['Service']!,
      );
    const health = async () =>
      (
        await tools.json<{ TargetHealthDescriptions: { TargetHealth: { State: string } }[] }>(
          'elbv2',
          'describe-target-health',
          '--target-group-arn',
          outputs['Targets']!,
        )
      ).TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth.State);

    test('a plain Fargate template completes, with healthy targets', async () => {
      const deployed = await deploy();
      expect(deployed.code, deployed.stderr + region.errors()).toBe(0);
      const { StackStatus, Outputs } = await stack();
      expect(StackStatus).toBe('CREATE_COMPLETE');
      outputs = Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
      expect((await stable()).code).toBe(0);
      expect(await service()).toMatchObject({
        runningCount: 2,
        deployments: [{ rolloutState: 'COMPLETED' }],
      });
      await eventually(async () => (await health()).join() === 'healthy,healthy', 30, 'two healthy targets');
      expect(region.output()).toMatch(/stack web +CREATE_COMPLETE/);
      expect(region.output()).toMatch(/service \S+ +has reached a steady state/);
    }, 180_000);

    test('an update that makes its container exit is rolled back by the circuit breaker', async () => {
      const { stderr, code } = await deploy('--parameter-overrides', 'Broken=yes');
      expect(code).not.toBe(0);
      expect(stderr).toContain('Failed to create/update the stack');
      expect((await stack()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
      const { StackEvents } = await tools.json<{
        StackEvents: { LogicalResourceId: string; ResourceStatus: string; ResourceStatusReason?: string }[];
      }>('cloudformation', 'describe-stack-events', '--stack-name', 'web');
      const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED');
      expect(failed).toMatchObject({
        LogicalResourceId: 'Service',
        ResourceStatusReason: expect.stringContaining(
          'ECS Deployment Circuit Breaker was triggered',
        ) as string,
      });
      expect((await stable()).code).toBe(0);
      const { runningCount, events } = await service();
      expect(runningCount).toBe(2);
      expect(events.some(({ message }) => /deployment failed: tasks failed to start/.test(message))).toBe(
        true,
      );
      expect(await health()).toEqual(['healthy', 'healthy']);
      expect(region.output()).toMatch(/task \S+ \w+ +stopped: Essential container in task exited/);
    }, 240_000);

    test('delete-stack leaves nothing', async () => {
      expect((await tools.aws('cloudformation', 'delete-stack', '--stack-name', 'web')).code).toBe(0);
      const gone = await tools.aws('cloudformation', 'wait', 'stack-delete-complete', '--stack-name', 'web');
      expect(gone.code, gone.stderr).toBe(0);
      const left = await Promise.all([
        tools.json<object>('ecs', 'list-clusters'),
        tools.json<object>('ec2', 'describe-network-interfaces'),
        tools.json<object>('ec2', 'describe-security-groups'),
        tools.json<object>('ec2', 'describe-vpcs'),
        tools.json<object>('elbv2', 'describe-load-balancers'),
        tools.json<object>('elbv2', 'describe-target-groups'),
        tools.json<object>('logs', 'describe-log-groups'),
        tools.json<object>('iam', 'list-roles'),
      ]);
      expect(left.map((answer) => Object.values(answer).flat())).toEqual(left.map(() => []));
    }, 120_000);
  },
);
