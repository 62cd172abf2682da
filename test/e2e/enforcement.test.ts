import { readFileSync, readlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHome, users, type Home } from '../support/fairway.ts';

/** Connects from inside a task and tells what came of it. */
const PROBE = `
const [host, port] = process.argv.slice(1);
const socket = require('net').connect({ host, port: Number(port) });
const end = (word) => { console.log(word); process.exit(0); };
socket.on('connect', () => end('connected'));
socket.on('error', (error) => end(error.code));
setTimeout(() => end('timed out'), 2500);
`;

describe.each(users)('packets, not rules, as $name', (user) => {
  let home: Home;
  let project: string;
  let outside: Server;
  let outsidePort: number;

  beforeAll(async () => {
    home = createHome(user);
    project = home.example('jobs');
    outside = createServer((_request, response) => void response.end('outside'));
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    outsidePort = (outside.address() as AddressInfo).port;
    const { code, stderr } = await home.run(['up', project]);
    expect(code, stderr).toBe(0);
  });
  afterAll(async () => {
    outside?.close();
    await home?.dispose();
  });

  const probe = async (from: string, host: string, port: number) => {
    const { stdout, stderr } = await home.run([
      '-f',
      project,
      'exec',
      from,
      '--',
      'node',
      '-e',
      PROBE,
      host,
      String(port),
    ]);
    return stdout.trim() || stderr;
  };
  /** nginx's image has no node in it: what it can do is connect with its shell's tools. */
  const probeFromWeb = async (host: string, port: number) => {
    const { code } = await home.run([
      '-f',
      project,
      'exec',
      'web',
      '--',
      'sh',
      '-c',
      'echo | nc -w 2 "$0" "$1" >/dev/null 2>&1',
      host,
      String(port),
    ]);
    return code === 0 ? 'connected' : 'timed out';
  };
  const denials = async () =>
    JSON.parse((await home.run(['denials', '--json'])).stdout) as {
      from: { name?: string };
      to: { name?: string };
      port: number;
      deciders: string[];
    }[];
  const address = async (name: string) =>
    (await home.status(project)).services.find((service) => service.name === name)!.tasks[0]!.address;

  test('worker reaches redis and not the API; denials names the group', async () => {
    expect(await probe('worker', 'redis.local', 6379)).toBe('connected');
    expect(await probe('worker', 'api.local', 5000)).toBe('timed out');
    const denial = (await denials()).find(({ from, port }) => from.name === 'worker' && port === 5000);
    expect(denial?.to.name).toBe('api');
    expect(denial?.deciders.join()).toMatch(/sg-[0-9a-f]+ \(.*Worker/i);
  });

  test('web reaches the API and not redis, where the API does', async () => {
    expect(await probeFromWeb('api.local', 5000)).toBe('connected');
    expect(await probeFromWeb('redis.local', 6379)).toBe('timed out');
    expect(await probe('api', 'redis.local', 6379)).toBe('connected');
  });

  test('short names resolve, by the search domain of the VPC', async () => {
    expect(await probe('api', 'redis', 6379)).toBe('connected');
  });

  test('the host reaches the load balancer and has no way to a task', async () => {
    const { urls } = await home.status(project);
    expect((await fetch(urls[0]!)).status).toBe(200);
    // What the host would send to a task's address leaves by its default route, if it has one: nothing of the VPC is in its
    // network, neither an interface nor a route. (Nothing is sent: the address may be somebody else's out there.)
    const first = (await address('web')).split('.').slice(0, 2);
    const hex = Buffer.from(first.map(Number).toReversed()).toString('hex').toUpperCase();
    const routes = readFileSync('/proc/net/route', 'utf8').split('\n').slice(1);
    expect(routes.filter((line) => line.split('\t')[1]?.endsWith(hex))).toEqual([]);
    const own = Object.values(networkInterfaces()).flatMap((list) => list?.map((one) => one.address) ?? []);
    expect(own.filter((one) => one.startsWith(`${first.join('.')}.`))).toEqual([]);
    const inside = await home.run([
      '-f',
      project,
      'exec',
      'api',
      '--',
      'node',
      '-p',
      'require("fs").readlinkSync("/proc/self/ns/net")',
    ]);
    expect(inside.stdout.trim()).toMatch(/^net:\[\d+\]$/);
    expect(inside.stdout.trim()).not.toBe(readlinkSync('/proc/self/ns/net'));
  });

  test('a task with a route out and a rule reaches a server outside; without the rule it times out', async () => {
    // 203.0.113.10 is an address outside of every VPC; this region leads it to the loopback of the host.
    expect(await probe('api', '203.0.113.10', outsidePort)).toBe('timed out');
    const { stdout } = await home.run(['env', '--json']);
    const settings = JSON.parse(stdout) as Record<string, string>;
    const {
      EC2Client,
      AuthorizeSecurityGroupEgressCommand,
      DescribeNetworkInterfacesCommand,
      DescribeRouteTablesCommand,
      DeleteRouteCommand,
    } = await import('@aws-sdk/client-ec2');
    const ec2 = new EC2Client({
      endpoint: settings.AWS_ENDPOINT_URL!,
      region: settings.AWS_REGION!,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { NetworkInterfaces = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: 'private-ip-address', Values: [await address('worker')] }],
      }),
    );
    const [face] = NetworkInterfaces;
    await ec2.send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId: face!.Groups![0]!.GroupId!,
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: outsidePort,
            ToPort: outsidePort,
            IpRanges: [{ CidrIp: '203.0.113.10/32' }],
          },
        ],
      }),
    );
    expect(await probe('worker', '203.0.113.10', outsidePort)).toBe('connected');

    const { RouteTables = [] } = await ec2.send(
      new DescribeRouteTablesCommand({
        Filters: [{ Name: 'association.subnet-id', Values: [face!.SubnetId!] }],
      }),
    );
    await ec2.send(
      new DeleteRouteCommand({
        RouteTableId: RouteTables[0]!.RouteTableId!,
        DestinationCidrBlock: '0.0.0.0/0',
      }),
    );
    expect(await probe('worker', '203.0.113.10', outsidePort)).toBe('timed out');
    ec2.destroy();
  });
});
