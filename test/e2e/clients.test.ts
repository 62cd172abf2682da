import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsTools, type AwsTools } from '../support/aws-tools.ts';
import { createHome, eventually, users, type Home, type User } from '../support/fairway.ts';
import { PLAIN_TEMPLATE } from '../support/plain-template.ts';
import { works } from '../support/programs.ts';

const SHOP = `services:
  web:
    image: nginx:1.27
    ports: ['80:80']
    deploy: {replicas: 2}
  queue:
    image: redis:7
    x-aws: {worker: true}
`;

/** A test's name, with what it needs and does not have here. */
const named = (name: string, here: boolean, needs: string) => (here ? name : `${name} (needs ${needs})`);

async function shop(user: User): Promise<{ home: Home; folder: string }> {
  const home = createHome(user);
  const folder = home.folder('shop');
  writeFileSync(join(folder, 'compose.yaml'), SHOP);
  return { home, folder };
}

describe.each(users)('the tools of AWS against the local region, as $name', (user) => {
  let home: Home;
  let folder: string;
  let tools: AwsTools;
  const hasAws = works(user, 'aws', '--version');
  const hasBoto3 = works(user, 'python3', '-c', 'import boto3');
  const needsAws = 'the aws CLI, which this user cannot run here';
  const needsBoto3 = 'python3 with boto3, which this user cannot run here';

  beforeAll(async () => {
    ({ home, folder } = await shop(user));
    const { code, stderr } = await home.run(['up', folder]);
    expect(code, stderr).toBe(0);
    tools = await awsTools(home);
  });
  afterAll(() => home?.dispose());

  const resources = async (type: string) =>
    (
      await tools.json<{ StackResourceSummaries: { ResourceType: string; PhysicalResourceId: string }[] }>(
        'cloudformation',
        'list-stack-resources',
        '--stack-name',
        'shop',
      )
    ).StackResourceSummaries.filter(({ ResourceType }) => ResourceType === type).map(
      ({ PhysicalResourceId }) => PhysicalResourceId,
    );

  describe.skipIf(!hasAws)(named('the aws CLI', hasAws, needsAws), () => {
    test('reads the stack and what happened to it', async () => {
      const { Stacks } = await tools.json<{ Stacks: Record<string, unknown>[] }>(
        'cloudformation',
        'describe-stacks',
      );
      expect(Stacks).toMatchObject([{ StackName: 'shop', StackStatus: 'CREATE_COMPLETE' }]);
      const { StackEvents } = await tools.json<{
        StackEvents: { LogicalResourceId: string; ResourceStatus: string }[];
      }>('cloudformation', 'describe-stack-events', '--stack-name', 'shop');
      const of = (id: string) =>
        StackEvents.filter(({ LogicalResourceId }) => LogicalResourceId === id).map(
          ({ ResourceStatus }) => ResourceStatus,
        );
      // Newest first, as AWS tells them.
      expect(of('shop')[0]).toBe('CREATE_COMPLETE');
      expect(of('WebService').at(-1)).toBe('CREATE_IN_PROGRESS');
      expect(of('WebService')[0]).toBe('CREATE_COMPLETE');
    });

    test('finds the services, their tasks, and the same addresses behind the load balancer', async () => {
      const [cluster] = await resources('AWS::ECS::Cluster');
      const arns = await resources('AWS::ECS::Service');
      const { services } = await tools.json<{
        services: { serviceName: string; runningCount: number; desiredCount: number }[];
      }>('ecs', 'describe-services', '--cluster', cluster!, '--services', ...arns);
      expect(services.map(({ runningCount, desiredCount }) => [runningCount, desiredCount]).sort()).toEqual([
        [1, 1],
        [2, 2],
      ]);
      const web = services.find(({ serviceName }) => serviceName.includes('Web'))!;
      const { taskArns } = await tools.json<{ taskArns: string[] }>(
        'ecs',
        'list-tasks',
        '--cluster',
        cluster!,
        '--service-name',
        web.serviceName,
      );
      const { tasks } = await tools.json<{
        tasks: {
          lastStatus: string;
          launchType: string;
          attachments: { details: { name: string; value: string }[] }[];
        }[];
      }>('ecs', 'describe-tasks', '--cluster', cluster!, '--tasks', ...taskArns);
      expect(tasks.map(({ lastStatus, launchType }) => `${launchType} ${lastStatus}`)).toEqual([
        'FARGATE RUNNING',
        'FARGATE RUNNING',
      ]);
      const addresses = tasks
        .map(
          ({ attachments }) =>
            attachments[0]!.details.find(({ name }) => name === 'privateIPv4Address')!.value,
        )
        .sort();
      const [targetGroup] = await resources('AWS::ElasticLoadBalancingV2::TargetGroup');
      const { TargetHealthDescriptions } = await tools.json<{
        TargetHealthDescriptions: { Target: { Id: string }; TargetHealth: { State: string } }[];
      }>('elbv2', 'describe-target-health', '--target-group-arn', targetGroup!);
      expect(TargetHealthDescriptions.map(({ Target }) => Target.Id).sort()).toEqual(addresses);
      expect(TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth.State)).toEqual([
        'healthy',
        'healthy',
      ]);
      const status = await home.status(folder);
      const seen = status.services.find(({ name }) => name === 'web')!.tasks.map(({ address }) => address);
      expect([...seen].sort()).toEqual(addresses);
    });

    test('finds security groups, names and logs', async () => {
      const { SecurityGroups } = await tools.json<{
        SecurityGroups: { GroupName: string; IpPermissions: unknown[] }[];
      }>('ec2', 'describe-security-groups', '--filters', 'Name=group-name,Values=shop-*');
      expect(SecurityGroups).toHaveLength(3);
      const web = SecurityGroups.find(({ GroupName }) => GroupName.includes('Web'));
      expect(web?.IpPermissions).toMatchObject([{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80 }]);
      const { Services } = await tools.json<{ Services: { Name: string; InstanceCount: number }[] }>(
        'servicediscovery',
        'list-services',
      );
      expect(Services.map(({ Name, InstanceCount }) => `${Name} ${InstanceCount}`).sort()).toEqual([
        'queue 1',
        'web 2',
      ]);
      const { events } = await tools.json<{ events: { message: string }[] }>(
        'logs',
        'filter-log-events',
        '--log-group-name',
        '/fairway/shop/queue',
        '--filter-pattern',
        '"Ready to accept connections"',
      );
      expect(events).toHaveLength(1);
    });

    test('tells wrong calls in AWS’s own words', async () => {
      const none = await tools.aws('cloudformation', 'describe-stacks', '--stack-name', 'none');
      expect(none.code).not.toBe(0);
      expect(none.stderr).toContain('(ValidationError)');
      expect(none.stderr).toContain('Stack with id none does not exist');
      const cluster = await tools.aws('ecs', 'list-tasks', '--cluster', 'none');
      expect(cluster.stderr).toContain('(ClusterNotFoundException)');
    });

    test('deploys a template of one’s own and deletes it again, and nothing is left of it', async () => {
      const file = join(home.directory, 'plain.yaml');
      writeFileSync(file, PLAIN_TEMPLATE);
      const before = home.processes();
      const vpcs = await tools.json<{ Vpcs: unknown[] }>('ec2', 'describe-vpcs');
      const deploy = ['cloudformation', 'deploy', '--template-file', file, '--stack-name', 'plain'];
      expect((await tools.aws(...deploy)).stderr).toContain('(InsufficientCapabilitiesException)');
      const deployed = await tools.aws(...deploy, '--capabilities', 'CAPABILITY_IAM');
      expect(deployed.code, deployed.stderr).toBe(0);
      expect(deployed.stdout).toContain('Successfully created/updated stack - plain');
      const { Stacks } = await tools.json<{
        Stacks: { StackStatus: string; Outputs: { OutputKey: string; OutputValue: string }[] }[];
      }>('cloudformation', 'describe-stacks', '--stack-name', 'plain');
      expect(Stacks[0]!.StackStatus).toBe('CREATE_COMPLETE');
      const outputs = Object.fromEntries(
        Stacks[0]!.Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
      );
      const { services } = await tools.json<{ services: { runningCount: number }[] }>(
        'ecs',
        'describe-services',
        '--cluster',
        outputs['Cluster']!,
        '--services',
        outputs['Service']!,
      );
      expect(services).toMatchObject([{ runningCount: 1, desiredCount: 1, status: 'ACTIVE' }]);
      expect(home.processes().length).toBeGreaterThan(before.length);
      const unchanged = await tools.aws(...deploy, '--capabilities', 'CAPABILITY_IAM');
      expect(unchanged.stdout + unchanged.stderr).toContain('No changes to deploy');

      expect((await tools.aws('cloudformation', 'delete-stack', '--stack-name', 'plain')).code).toBe(0);
      const gone = await tools.aws(
        'cloudformation',
        'wait',
        'stack-delete-complete',
        '--stack-name',
        'plain',
      );
      expect(gone.code, gone.stderr).toBe(0);
      expect(await tools.json('ec2', 'describe-vpcs')).toEqual(vpcs);
      const { clusterArns } = await tools.json<{ clusterArns: string[] }>('ecs', 'list-clusters');
      expect(clusterArns).toHaveLength(1);
      expect(home.processes()).toEqual(before);
    }, 240_000);
  });

  test.skipIf(!hasBoto3)(
    named('boto3 reads, creates and deletes, with its own waiters', hasBoto3, needsBoto3),
    async () => {
      const { code, stdout, stderr } = await tools.python(`
import boto3, json
cloudformation = boto3.client('cloudformation')
ecs = boto3.client('ecs')
quick = {'Delay': 1, 'MaxAttempts': 60}
template = json.loads(${JSON.stringify(JSON.stringify(PLAIN_TEMPLATE))})
cloudformation.create_stack(StackName='boto', TemplateBody=template, Capabilities=['CAPABILITY_IAM'])
cloudformation.get_waiter('stack_create_complete').wait(StackName='boto', WaiterConfig=quick)
stack = cloudformation.describe_stacks(StackName='boto')['Stacks'][0]
outputs = {o['OutputKey']: o['OutputValue'] for o in stack['Outputs']}
ecs.get_waiter('services_stable').wait(
    cluster=outputs['Cluster'], services=[outputs['Service']], WaiterConfig=quick)
tasks = [arn for page in ecs.get_paginator('list_tasks').paginate(cluster=outputs['Cluster'])
         for arn in page['taskArns']]
groups = [g['logGroupName'] for page in boto3.client('logs').get_paginator('describe_log_groups').paginate()
          for g in page['logGroups']]
try:
    ecs.list_tasks(cluster='none')
except ecs.exceptions.ClusterNotFoundException as error:
    refused = error.response['Error']['Code']
events = [e for page in cloudformation.get_paginator('describe_stack_events').paginate(StackName='boto')
          for e in page['StackEvents']]
cloudformation.delete_stack(StackName=stack['StackId'])
cloudformation.get_waiter('stack_delete_complete').wait(StackName=stack['StackId'], WaiterConfig=quick)
print(json.dumps({
    'created': stack['CreationTime'].year > 2000, 'tasks': len(tasks), 'groups': sorted(groups),
    'refused': refused, 'events': len(events) > 20,
    'after': cloudformation.describe_stacks(StackName=stack['StackId'])['Stacks'][0]['StackStatus'],
    'stacks': [s['StackName'] for s in cloudformation.describe_stacks()['Stacks']],
    'account': boto3.client('sts').get_caller_identity()['Account'],
}))
`);
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout)).toEqual({
        created: true,
        tasks: 1,
        groups: ['/fairway/shop/queue', '/fairway/shop/web', '/plain/boto'],
        refused: 'ClusterNotFoundException',
        events: true,
        after: 'DELETE_COMPLETE',
        stacks: ['shop'],
        account: '000000000000',
      });
    },
  );
});

describe.each(users)('deploy to another endpoint, as $name', (user) => {
  let home: Home;
  let folder: string;
  let other: Home;
  let idle: readonly number[];
  let tools: AwsTools;

  beforeAll(async () => {
    ({ home, folder } = await shop(user));
    other = createHome(user);
    tools = await awsTools(other);
    idle = other.processes();
    expect(idle).toContain(other.regionPid());
  });
  afterAll(async () => {
    await home?.dispose();
    await other?.dispose();
  });

  const deployer = (...args: string[]) => {
    const { AWS_ENDPOINT_URL, ...env } = tools.settings;
    return home.run(['-f', folder, ...args, '--endpoint-url', AWS_ENDPOINT_URL!], { env });
  };

  test('deploy runs there what up runs here, and starts nothing here', async () => {
    const { code, stdout, stderr } = await deployer('deploy');
    expect(stderr).toContain('shop is deployed');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\w+\t\S+$/m);
    expect(home.regionPid()).toBeUndefined();
    const status = await other.status(folder);
    expect(status.services.map(({ name, desired, healthy }) => [name, desired, healthy])).toEqual([
      ['queue', 1, 1],
      ['web', 2, 2],
    ]);
    expect((await fetch(status.urls[0]!)).status).toBe(200);
    expect(other.processes().length).toBeGreaterThan(idle.length);
  });

  test('deploy again changes nothing; a changed file changes its service only', async () => {
    const before = await other.status(folder);
    const again = await deployer('deploy');
    expect(again.stderr).toContain('nothing changed');
    expect(again.code).toBe(0);
    expect(await other.status(folder)).toEqual(before);
    writeFileSync(
      join(folder, 'compose.yaml'),
      SHOP.replace('image: redis:7', 'image: redis:7\n    environment: {CHANGED: "1"}'),
    );
    const changed = await deployer('deploy');
    expect(changed.code, changed.stderr).toBe(0);
    const after = await other.status(folder);
    const ids = (status: typeof before, name: string) =>
      status.services.find((service) => service.name === name)!.tasks.map(({ id }) => id);
    expect(ids(after, 'web')).toEqual(ids(before, 'web'));
    expect(ids(after, 'queue')).not.toEqual(ids(before, 'queue'));
  });

  test('destroy asks first, then leaves nothing', async () => {
    const asked = await deployer('destroy');
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('--yes deletes without asking');
    expect((await other.status(folder)).state).toBe('UPDATE_COMPLETE');
    const { code, stderr } = await deployer('destroy', '--yes');
    expect(stderr).toContain('stack shop is deleted');
    expect(code).toBe(0);
    await eventually(
      async () => other.processes().length === idle.length,
      10,
      'a region as empty as before the deployment',
    );
    const again = await deployer('destroy', '--yes');
    expect(again.stderr).toContain('there is no stack shop');
    expect(again.code).toBe(0);
    expect(home.regionPid()).toBeUndefined();
  });
});
