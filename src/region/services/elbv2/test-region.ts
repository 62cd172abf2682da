import { build } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock, type Clock } from '../../../common/clock.ts';
import type { GroupRule, NetworkInterface, Topology } from '../../../topology/model.ts';
import { createApis } from '../../gateway/apis.ts';
import type { InsideProcess } from '../../network/netd-client.ts';
import type { Measurement, Pace, Region } from '../../region.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createElbv2 } from './index.ts';

const identity = {
  accountId: '123456789012',
  region: 'us-east-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
  stateDirectory: '',
} as const;

export const vpcId = 'vpc-1';
export const subnetIds = ['subnet-a', 'subnet-b'];
export const groupIds = ['sg-1'];
const open: GroupRule = {
  protocol: 'tcp',
  ports: { from: 1, to: 65_535 },
  peer: { kind: 'cidr', cidr: '0.0.0.0/0' },
};

/** The program of the balancer, bundled once. */
export async function balancerProgram(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-balancer-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'balancer.mjs');
  const entryPoints = [fileURLToPath(new URL('../../balancer/main.ts', import.meta.url))];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return outfile;
}

export interface TestOptions {
  readonly program?: string;
  readonly clock?: Clock;
  readonly pace?: Pace;
  readonly timeScale?: number;
  readonly store?: Store;
}
/**
 * Elastic Load Balancing with its real programs, on the loopback of this machine: 127.77.0.0/16 is the VPC, and no namespace keeps
 * anything apart.
 */
export function testRegion(options: TestOptions = {}) {
  const { program = '', clock = systemClock, pace = 'eager', timeScale = 1, store = openStore() } = options;
  const measured: Measurement[] = [];
  const interfaces = store.table<NetworkInterface>('ec2/test-interfaces');
  const rules: GroupRule[] = [open];
  const children: ChildProcess[] = [];
  const logged: string[] = [];
  let sequence = interfaces.size;
  let stopped = false;

  const subnet = (id: string, zone: string, third: number) => ({
    id,
    vpcId,
    cidr: `127.77.${third}.0/24`,
    zone,
    routeTableId: 'rtb-1',
    networkAclId: 'acl-1',
  });
  const topology = (): Topology => ({
    vpcs: [
      {
        id: vpcId,
        cidrs: ['127.77.0.0/16'],
        dnsSupport: true,
        dnsHostnames: true,
        dhcp: { domainNames: [], nameServers: [] },
      },
    ],
    subnets: [
      subnet('subnet-a', 'us-east-1a', 1),
      subnet('subnet-b', 'us-east-1b', 2),
      subnet('subnet-b2', 'us-east-1b', 3),
      subnet('subnet-c', 'us-east-1c', 4),
    ],
    routeTables: [],
    networkAcls: [],
    securityGroups: ['sg-1', 'sg-2', 'sg-default'].map((id) => ({
      id,
      name: id === 'sg-default' ? 'default' : id,
      vpcId,
      ingress: rules,
      egress: [],
    })),
    interfaces: [...interfaces.values()],
    internetGateways: [{ id: 'igw-1', vpcIds: [vpcId] }],
    natGateways: [],
    endpoints: [],
    prefixLists: [],
  });
  const mapping = new Map<string, number>();
  const region = {
    identity,
    clock,
    store,
    log: (message: string) => void (stopped || logged.push(message)),
    pace,
    internal: {
      cloudwatch: { record: (made: readonly Measurement[]) => void measured.push(...made) },
      ec2: {
        topology,
        createRequesterInterface({
          subnetId,
          groupIds,
          description,
        }: {
          subnetId: string;
          groupIds: string[];
          description: string;
        }) {
          const { cidr, zone } = topology().subnets.find(({ id }) => id === subnetId)!;
          const id = `eni-${++sequence}`;
          const privateAddress = cidr.replace('.0/24', `.${10 + sequence}`);
          interfaces.put(id, {
            id,
            vpcId,
            subnetId,
            zone,
            privateAddress,
            groupIds,
            description,
            sourceDestCheck: true,
          });
          return { id, privateAddress, macAddress: '' };
        },
        deleteRequesterInterface: (id: string) => void interfaces.delete(id),
      },
    },
    plane: {
      network: { settled: async () => {}, denials: async () => [] },
      netd: { spawn: (argv: readonly string[]) => spawnProgram(argv, children) },
      hostPorts: {
        mapping,
        async claim(key: string) {
          const server = createServer({ pauseOnConnect: true });
          await new Promise<void>((resolve) =>
            server.listen(mapping.get(key) ?? 0, '127.0.0.1', () => resolve()),
          );
          const { port } = server.address() as AddressInfo;
          mapping.set(key, port);
          return { port, server };
        },
        async claimSockets(key: string, _port: number, transports: readonly ('tcp' | 'udp')[]) {
          const { port, server } = await this.claim(key);
          if (!transports.includes('tcp'))
            await new Promise<void>((resolve) => server.close(() => resolve()));
          const datagrams = createSocket('udp4');
          if (!transports.includes('udp')) return { port, server };
          await new Promise<void>((resolve) => datagrams.bind(port, '127.0.0.1', () => resolve()));
          return { port, ...(transports.includes('tcp') ? { server } : {}), datagrams };
        },
        release: (key: string) => void mapping.delete(key),
      },
    },
  } as unknown as Region;
  const service = createElbv2(region, { balancerProgram: program, nodePath: process.execPath, timeScale });
  return {
    region,
    store,
    service,
    api: createApis({ elbv2: service.handlers }, identity).elbv2,
    interfaces,
    children,
    logged,
    measured,
    rules,
    mapping,
    async stop() {
      stopped = true;
      await service.stop?.();
    },
  };
}
export type TestRegion = ReturnType<typeof testRegion>;

/** As netd does it, without namespaces. */
function spawnProgram([command = '', ...args]: readonly string[], children: ChildProcess[]): InsideProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: {} });
  children.push(child);
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on('exit', (code, signal) => resolve({ code, signal })),
  );
  return {
    started: Promise.resolve(child.pid ?? 0),
    exited,
    onStdout: () => {},
    onStderr: (listener) => void child.stderr?.on('data', listener),
    onMessage: (listener) => void child.on('message', listener),
    send(message, handle) {
      const close = () => {
        if (handle && 'close' in handle) (handle as Server).close();
      };
      if (!child.connected) close();
      else child.send(message as object, handle, close);
    },
    write: () => {},
    end: () => {},
    signal: async (signal) => child.kill(signal as NodeJS.Signals),
  };
}

/** Waits for something that happens by itself. */
export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 10));
}
