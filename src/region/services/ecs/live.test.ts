import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { liveRegion, type LiveRegion } from './test-live-region.ts';

let live: LiveRegion;
beforeAll(async () => {
  live = await liveRegion();
});
afterAll(() => live.stop());

const forever = 'while :; do sleep 0.1; done';
const codes = (task: Awaited<ReturnType<LiveRegion['task']>>) =>
  Object.fromEntries((task.containers ?? []).map(({ name, exitCode }) => [name, exitCode]));

describe('containers of one task', () => {
  test('share their address and localhost, wait for each other, and end in the other order', async () => {
    const arn = await live.run(
      [
        {
          script:
            'trap "echo first; exit 0" TERM; cat /shared/ready; nc 127.0.0.1 7000 < /dev/null; echo up; while :; do sleep 0.05; done',
          dependsOn: [
            { containerName: 'c1', condition: 'SUCCESS' },
            { containerName: 'c2', condition: 'HEALTHY' },
          ],
          mountPoints: [{ sourceVolume: 'shared', containerPath: '/shared', readOnly: true }],
        },
        {
          script: 'echo made > /shared/ready',
          essential: false,
          mountPoints: [{ sourceVolume: 'shared', containerPath: '/shared' }],
        },
        {
          script:
            'trap "echo last; exit 0" TERM; (while :; do echo hello | nc -l -p 7000; done) & while :; do sleep 0.05; done',
          healthCheck: { command: ['CMD-SHELL', 'netstat -ltn | grep -q :7000'], interval: 5 },
          dependsOn: [{ containerName: 'c1', condition: 'COMPLETE' }],
        },
      ],
      { volumes: [{ name: 'shared' }] },
    );
    const running = await live.until(arn, 'RUNNING');
    expect(running.healthStatus).toBe('HEALTHY');
    await expect.poll(() => live.lines(arn)).toEqual(['made', 'hello', 'up']);
    await live.region.api.ecs.StopTask({ cluster: 'jobs', task: arn });
    const stopped = await live.until(arn, 'STOPPED');
    expect(codes(stopped)).toEqual({ main: 0, c1: 0, c2: 0 });
    expect(await live.lines(arn)).toEqual(['made', 'hello', 'up', 'first']);
    expect(await live.lines(arn, 'c2')).toEqual(['last']);
    expect((await live.runtime.listVolumes()).filter((name) => name.startsWith('task-'))).toEqual([]);
  });

  test('end together when an essential one ends, each with its code', async () => {
    const arn = await live.run([
      { script: 'sleep 0.3; exit 3' },
      { script: forever, essential: false, stopTimeout: 2 },
      { script: forever, essential: false, linuxParameters: { initProcessEnabled: true } },
    ]);
    const stopped = await live.until(arn, 'STOPPED');
    expect(stopped).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
    // As PID 1 the shell hears no signal that it has no trap for.
    expect(codes(stopped)).toEqual({ main: 3, c1: 137, c2: 143 });
  });

  test('have what their definition gives them', async () => {
    const arn = await live.run([
      {
        script:
          'echo $PPID; ulimit -n; cat /proc/sys/net/core/somaxconn; test -t 1 && echo terminal; id -u; touch /x || echo sealed; df -k /run/x | tail -n 1 | tr -s " " | cut -d " " -f 2',
        linuxParameters: { initProcessEnabled: true, tmpfs: [{ containerPath: '/run/x', size: 2 }] },
        ulimits: [{ name: 'nofile', softLimit: 100, hardLimit: 100 }],
        systemControls: [{ namespace: 'net.core.somaxconn', value: '99' }],
        pseudoTerminal: true,
        readonlyRootFilesystem: true,
        user: '7',
      },
    ]);
    await live.until(arn, 'STOPPED');
    const [init, ...rest] = await live.lines(arn);
    expect(init).toBe('1');
    expect(rest.filter((line) => !line.startsWith('touch:'))).toEqual([
      '100',
      '99',
      'terminal',
      '7',
      'sealed',
      '2048',
    ]);
  });
});

test('secrets come whole or by a key; one that is missing keeps the task from starting', async () => {
  const { api } = live.region;
  const { ARN } = await api.secretsmanager.CreateSecret({
    Name: 'db',
    SecretString: '{"password":"hunter2","port":5432}',
  });
  const secrets = [
    { name: 'WHOLE', valueFrom: ARN! },
    { name: 'PASSWORD', valueFrom: `${ARN}:password::` },
    { name: 'PORT', valueFrom: `${ARN}:port:AWSCURRENT:` },
  ];
  const arn = await live.run([{ script: 'echo ${#WHOLE} ${#PASSWORD} $PORT; sleep 0.2', secrets }]);
  const stopped = await live.until(arn, 'STOPPED');
  expect(await live.lines(arn)).toEqual(['34 7 5432']);
  expect(JSON.stringify(stopped)).not.toContain('hunter2');
  const missing = await live.run([{ secrets: [{ name: 'X', valueFrom: `${ARN}x` }] }]);
  expect(await live.until(missing, 'STOPPED')).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: expect.stringMatching(
      /^ResourceInitializationError: unable to pull secrets or registry auth: .*ResourceNotFoundException/,
    ),
  });
  const key = await live.run([{ secrets: [{ name: 'X', valueFrom: `${ARN}:none::` }] }]);
  expect((await live.until(key, 'STOPPED')).stoppedReason).toContain('did not contain json key none');
});

test('a role that is not there keeps a task from starting', async () => {
  const executionRoleArn = live.roleArn.replace('execution', 'missing');
  const arn = await live.run([{}], { executionRoleArn });
  expect((await live.until(arn, 'STOPPED')).stoppedReason).toContain(
    `ECS was unable to assume the role '${executionRoleArn}'`,
  );
});

describe('a folder of this machine', () => {
  const tags = [{ key: 'aws:cloudformation:stack-name', value: 'shop' }];
  const mountPoints = [{ sourceVolume: 'source', containerPath: '/source' }];
  const volumes = [{ name: 'source' }];

  test('is seen where the control socket has said so, and nowhere else', async () => {
    const { setBinds } = live.region.internal.ecs;
    const source = join(live.stateDirectory, 'mine');
    const file = join(live.stateDirectory, 'one file');
    mkdirSync(source);
    writeFileSync(join(source, 'in'), 'seen\n');
    writeFileSync(file, 'alone\n');
    setBinds('shop', [
      { service: 'main', volume: 'source', source, readonly: false },
      { service: 'main', volume: 'file', source: file, readonly: true },
      { service: 'main', volume: 'new', source: join(live.stateDirectory, 'new/folder'), readonly: false },
    ]);
    const all = [
      ...mountPoints,
      { sourceVolume: 'file', containerPath: '/etc/file' },
      { sourceVolume: 'new', containerPath: '/new' },
    ];
    const script =
      'cat /source/in /etc/file; echo written > /source/out; echo x > /etc/file || echo sealed; echo y > /new/y';
    const arn = await live.run([{ script, mountPoints: all }], {
      tags,
      volumes: [...volumes, { name: 'file' }, { name: 'new' }],
    });
    await live.until(arn, 'STOPPED');
    expect((await live.lines(arn)).filter((line) => !line.startsWith('sh:'))).toEqual([
      'seen',
      'alone',
      'sealed',
    ]);
    expect(readFileSync(join(source, 'out'), 'utf8')).toBe('written\n');
    expect(readFileSync(join(live.stateDirectory, 'new/folder/y'), 'utf8')).toBe('y\n');
    const other = await live.run([{ script: 'ls -A /source; echo end', mountPoints }], { volumes });
    await live.until(other, 'STOPPED');
    expect(await live.lines(other)).toEqual(['end']);
  });

  test('is refused where it is a socket or the region’s own', async () => {
    const { setBinds } = live.region.internal.ecs;
    const socket = join(live.stateDirectory, 'some.socket');
    const server = createServer().listen(socket);
    await new Promise((resolve) => void server.once('listening', resolve));
    const bind = (source: string) => () =>
      setBinds('shop', [{ service: 'main', volume: 'source', source, readonly: true }]);
    expect(bind(socket)).toThrow('a socket of this machine');
    expect(bind('/var/run/docker.sock')).toThrow('a socket of this machine');
    expect(bind(live.stateDirectory)).toThrow("the local region's own state");
    expect(bind(join(live.stateDirectory, 'region/volumes'))).toThrow("the local region's own state");
    expect(bind('relative')).toThrow('not an absolute path');
    server.close();
  });
});

describe('an EFS file system', () => {
  const efsVolume = (fileSystemId: string, more: object = {}) => ({
    volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId, ...more } }],
  });
  const mountPoints = [{ sourceVolume: 'data', containerPath: '/data' }];

  async function fileSystem(groupIds: readonly string[]) {
    const { efs } = live.region.api;
    const { FileSystemId } = await efs.CreateFileSystem({});
    const { MountTargetId } = await efs.CreateMountTarget({
      FileSystemId,
      SubnetId: live.subnetId,
      SecurityGroups: [...groupIds],
    });
    return { id: FileSystemId!, targetId: MountTargetId! };
  }

  test('keeps its data from task to task, and goes with it', async () => {
    const { api, internal } = live.region;
    const { id, targetId } = await fileSystem([live.groupId]);
    const first = await live.run([{ script: 'echo kept > /data/f', mountPoints }], efsVolume(id));
    expect(codes(await live.until(first, 'STOPPED'))).toEqual({ main: 0 });
    const point = await api.efs.CreateAccessPoint({
      FileSystemId: id,
      RootDirectory: {
        Path: '/apps/one',
        CreationInfo: { OwnerUid: 1000, OwnerGid: 1001, Permissions: '0750' },
      },
    });
    const byPoint = efsVolume(id, {
      transitEncryption: 'ENABLED',
      authorizationConfig: { accessPointId: point.AccessPointId },
    });
    const second = await live.run([{ script: 'stat -c "%u:%g %a" /data; ls /data', mountPoints }], byPoint);
    await live.until(second, 'STOPPED');
    expect(await live.lines(second)).toEqual([live.ids === 'range' ? '1000:1001 750' : '0:0 750']);
    const third = await live.run([{ script: 'cat /data/f; ls /data/apps', mountPoints }], efsVolume(id));
    await live.until(third, 'STOPPED');
    expect(await live.lines(third)).toEqual(['kept', 'one']);
    const none = await live.run([{ mountPoints }], efsVolume(id, { rootDirectory: '/none' }));
    expect((await live.until(none, 'STOPPED')).stoppedReason).toContain('No such file or directory');
    await api.efs.DeleteMountTarget({ MountTargetId: targetId });
    await api.efs.DeleteFileSystem({ FileSystemId: id });
    expect(await live.runtime.listVolumes()).not.toContain(internal.efs.volume(id));
  });

  test('is reached only where groups let NFS through', async () => {
    const { ec2, efs } = live.region.api;
    const { GroupId } = await ec2.CreateSecurityGroup({
      GroupName: 'nfs',
      Description: 'd',
      VpcId: live.vpcId,
    });
    const { id } = await fileSystem([GroupId!]);
    const blocked = await live.run([{ script: 'true', mountPoints }], efsVolume(id));
    expect(await live.until(blocked, 'STOPPED')).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason:
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: Connection timed out' : unsuccessful EFS utils command execution; code: 32",
    });
    const denials = await live.region.plane.network.denials();
    expect(denials).toContainEqual(expect.objectContaining({ port: 2049, protocol: 'tcp' }));
    await ec2.AuthorizeSecurityGroupIngress({
      GroupId,
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 2049, ToPort: 2049, UserIdGroupPairs: [{ GroupId: live.groupId }] },
      ],
    });
    const open = await live.run([{ script: 'echo in', mountPoints }], efsVolume(id));
    await live.until(open, 'STOPPED');
    expect(await live.lines(open)).toEqual(['in']);
    const { FileSystemId } = await efs.CreateFileSystem({});
    const without = await live.run([{ mountPoints }], efsVolume(FileSystemId!));
    expect((await live.until(without, 'STOPPED')).stoppedReason).toContain(
      `Failed to resolve "${FileSystemId}.efs.us-east-1.amazonaws.com"`,
    );
  });
});

test('a task finds itself and its role at the metadata endpoint, and nobody else’s', async () => {
  const { api } = live.region;
  const script = `for path in "" /task; do wget -qO- "$ECS_CONTAINER_METADATA_URI_V4$path"; echo; done
wget -qO- "http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"; echo
wget -qO- http://169.254.170.2/v2/credentials/other || echo refused
sleep 1000`;
  const arn = await live.run([{ script, dockerLabels: { mine: 'yes' }, stopTimeout: 2 }], {
    taskRoleArn: live.roleArn,
  });
  const task = await live.until(arn, 'RUNNING');
  await expect.poll(() => live.lines(arn)).toContain('refused');
  const [container, whole, credentials] = (await live.lines(arn)).map((line): unknown =>
    line.startsWith('{') ? JSON.parse(line) : line,
  );
  expect(container).toMatchObject({
    DockerId: task.containers?.[0]?.runtimeId,
    Name: 'main',
    Labels: { mine: 'yes', 'com.amazonaws.ecs.task-arn': arn },
    Networks: [{ NetworkMode: 'awsvpc', DomainNameServers: ['10.0.0.2'] }],
  });
  expect(whole).toMatchObject({
    TaskARN: arn,
    Revision: '1',
    VPCID: live.vpcId,
    Limits: { CPU: 0.25, Memory: 512 },
    AvailabilityZone: 'us-east-1a',
    Containers: [{ Name: 'main' }],
  });
  expect(credentials).toMatchObject({
    RoleArn: live.roleArn,
    AccessKeyId: expect.stringMatching(/^ASIA/),
    Expiration: expect.stringMatching(/Z$/),
  });
  // What one task knows does not help another.
  const uri = (container as { DockerId: string }).DockerId;
  const other = await live.run([{ script: `wget -qO- http://169.254.170.2/v4/${uri} || echo refused` }]);
  await live.until(other, 'STOPPED');
  expect((await live.lines(other)).filter((line) => !line.startsWith('wget:'))).toEqual(['refused']);
  await api.ecs.StopTask({ cluster: 'jobs', task: arn });
  await live.until(arn, 'STOPPED');
});

describe('a task that fails says why', () => {
  test('when its program exits at once', async () => {
    const arn = await live.run([{ script: 'echo last words >&2; exit 5' }]);
    const stopped = await live.until(arn, 'STOPPED');
    expect(stopped).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 5 }],
    });
    const { ecs } = live.region.internal;
    await live.region.api.logs.DeleteLogGroup({ logGroupName: 'tasks' });
    await live.region.api.logs.CreateLogGroup({ logGroupName: 'tasks' });
    expect(ecs.lastWords(arn.split('/').at(-1)!)).toEqual([{ container: 'main', lines: ['last words'] }]);
  });

  test('when a container holds more memory than it may, or all of them do', async () => {
    const hungry = (mebibytes: number) => `exec dd if=/dev/zero of=/dev/null bs=${mebibytes}M count=1000000`;
    const arn = await live.run([
      { script: hungry(100), memory: 64 },
      { script: forever, essential: false, stopTimeout: 2 },
    ]);
    expect(await live.until(arn, 'STOPPED')).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [
        { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
        { exitCode: 137 },
      ],
    });
    const both = await live.run([
      { script: hungry(300), stopTimeout: 2 },
      { script: hungry(350), stopTimeout: 2 },
    ]);
    const stopped = await live.until(both, 'STOPPED');
    expect(stopped.containers?.map(({ reason }) => reason)).toContain(
      'OutOfMemoryError: Container killed due to memory usage',
    );
  });

  test('when its image is nowhere, in the registry of the region too', async () => {
    const registry = '000000000000.dkr.ecr.us-east-1.amazonaws.com';
    await live.region.api.ecr.CreateRepository({ repositoryName: 'tasks/empty' });
    for (const image of [`${registry}/tasks/none:1`, `${registry}/tasks/empty:1`]) {
      const arn = await live.run([{ image }]);
      const stopped = await live.until(arn, 'STOPPED');
      expect(stopped.stopCode).toBe('TaskFailedToStart');
      expect(stopped.stoppedReason).toMatch(/^CannotPullContainerError: /);
      expect(stopped.stoppedReason).toContain(image);
      expect(stopped.containers?.[0]?.reason).toBe(stopped.stoppedReason);
    }
  });

  test('when its log group is not there', async () => {
    const options = { 'awslogs-group': 'none', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'x' };
    const arn = await live.run([{ logConfiguration: { logDriver: 'awslogs', options } }]);
    expect((await live.until(arn, 'STOPPED')).stoppedReason).toBe(
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.',
    );
  });
});

test('a task asks what it uses, and about its protection', async () => {
  const script = `sleep 0.2; for path in /stats /task/stats; do wget -qO- "$ECS_CONTAINER_METADATA_URI_V4$path"; echo; done
wget -qO- "$ECS_AGENT_URI/task-protection/v1/state"; echo; echo end; sleep 1000`;
  const arn = await live.run([
    { script, memory: 100, stopTimeout: 2 },
    { script: forever, stopTimeout: 2 },
  ]);
  const task = await live.until(arn, 'RUNNING');
  await expect.poll(() => live.lines(arn)).toContain('end');
  const [own, whole, protection] = (await live.lines(arn)).map((line): unknown =>
    line.startsWith('{') ? JSON.parse(line) : line,
  );
  const [main, other] = (task.containers ?? []).map(({ runtimeId = '' }) => runtimeId);
  expect(own).toMatchObject({
    id: main,
    name: 'main',
    cpu_stats: { cpu_usage: { total_usage: expect.any(Number) }, online_cpus: expect.any(Number) },
    memory_stats: { limit: 100 * 1024 * 1024 },
  });
  expect(Object.keys(whole as object).sort()).toEqual([main, other].sort());
  expect((whole as Record<string, { memory_stats: { limit: number; usage: number } }>)[other!]).toMatchObject(
    {
      memory_stats: { limit: 512 * 1024 * 1024, usage: expect.any(Number) },
    },
  );
  expect(protection).toMatchObject({ failure: { Reason: 'TASK_NOT_VALID' } });
  await live.region.api.ecs.StopTask({ cluster: 'jobs', task: arn });
  await live.until(arn, 'STOPPED');
});
