import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/common/clock.ts';
import { createApis } from '../../src/region/gateway/apis.ts';
import { createNetwork } from '../../src/region/network/create-network.ts';
import { namespaceOf } from '../../src/region/network/namespace.ts';
import type { InsideProcess } from '../../src/region/network/netd-client.ts';
import type { Denial, Network } from '../../src/region/network/network.ts';
import { startNetd } from '../../src/region/network/start-netd.ts';
import { bundlePrograms, findTestTools } from '../../src/region/network/testing/programs.ts';
import type { Apis, Region } from '../../src/region/region.ts';
import { createEc2 } from '../../src/region/services/ec2/index.ts';
import { openStore } from '../../src/region/store/store.ts';
import type { DescribeAnswers } from '../../src/topology/answers.ts';
import { OUTSIDE, PORTS } from './design.ts';
import type { Order, Packet, Report } from './protocol.ts';

/** EC2 and its network in the kernel, as the region has them, empty: one for each case. */
export interface LiveEc2 {
  readonly api: Apis['ec2'];
  /** What the API tells of everything in the region. */
  answers(): Promise<DescribeAnswers>;
  /** Resolves when the kernel enacts what was called. */
  settled(): Promise<void>;
  denials(): Promise<readonly Denial[]>;
  /** A prober that answers with a name behind the interfaces of one description. */
  prober(description: string, name: string): Promise<Prober>;
  stop(): Promise<void>;
}
export interface Prober {
  send(packets: readonly Packet[]): Promise<Readonly<Record<number, string>>>;
  stop(): Promise<unknown>;
}
export interface Machine {
  live(): LiveEc2;
  stop(): Promise<void>;
}

const identity = {
  accountId: '123456789012',
  region: 'us-east-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
  stateDirectory: '/nowhere',
} as const;

/** The kernel's side, started once; the world outside answers with its addresses. */
export async function startMachine(): Promise<Machine> {
  const [programs, tools] = await Promise.all([bundlePrograms(), findTestTools()]);
  const folder = mkdtempSync(join(tmpdir(), 'fairway-agreement-'));
  const proberProgram = join(folder, 'prober.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('prober.ts', import.meta.url))],
    outfile: proberProgram,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  const log = (message: string) => {
    if (process.env['FAIRWAY_TEST_LOG']) process.stderr.write(`${message}\n`);
  };
  const netd = await startNetd({ program: programs.netd, tools, log });
  const world = await Promise.all(
    Object.entries(OUTSIDE).flatMap(([address, host]) => PORTS.map((port) => serve(host, port, address))),
  );

  function live(): LiveEc2 {
    const store = openStore();
    const stateDirectory = mkdtempSync(join(folder, 'state-'));
    const later: { network?: Network } = {};
    const plane = { network: { settled: async () => later.network?.settled(), denials: async () => [] } };
    const service = createEc2({ identity, clock: systemClock, store, log, plane } as unknown as Region);
    const network = createNetwork({
      store,
      clock: systemClock,
      log,
      netd,
      tools,
      topology: service.internal.topology,
      zones: () => [],
      routerProgram: programs.router,
      nodePath: process.execPath,
      stateDirectory,
      outside: OUTSIDE,
    });
    later.network = network;
    service.start?.();
    const api = createApis({ ec2: service.handlers }, identity).ec2;
    return {
      api,
      answers: () => answersOf(api),
      settled: network.settled,
      denials: network.denials,
      async prober(description, name) {
        const inside = netd.spawn([process.execPath, proberProgram], {
          ipc: true,
          network: namespaceOf(description),
        });
        return startProber(inside, name);
      },
      async stop() {
        await service.stop?.();
        await network.stop();
      },
    };
  }
  return {
    live,
    async stop() {
      for (const server of world) server.close();
      await netd.close();
      programs.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answersOf(api: Apis['ec2']): Promise<DescribeAnswers> {
  const vpcs = await api.DescribeVpcs({});
  const attributes = (vpcs.Vpcs ?? []).flatMap(({ VpcId = '' }) =>
    (['enableDnsSupport', 'enableDnsHostnames'] as const).map((Attribute) =>
      api.DescribeVpcAttribute({ VpcId, Attribute }),
    ),
  );
  return {
    DescribeVpcs: [vpcs],
    DescribeVpcAttribute: await Promise.all(attributes),
    DescribeDhcpOptions: [await api.DescribeDhcpOptions({})],
    DescribeSubnets: [await api.DescribeSubnets({})],
    DescribeRouteTables: [await api.DescribeRouteTables({})],
    DescribeNetworkAcls: [await api.DescribeNetworkAcls({})],
    DescribeSecurityGroups: [await api.DescribeSecurityGroups({})],
    DescribeSecurityGroupRules: [await api.DescribeSecurityGroupRules({})],
    DescribeNetworkInterfaces: [await api.DescribeNetworkInterfaces({})],
    DescribeInternetGateways: [await api.DescribeInternetGateways({})],
    DescribeNatGateways: [await api.DescribeNatGateways({})],
    DescribeVpcEndpoints: [await api.DescribeVpcEndpoints({})],
    DescribePrefixLists: [await api.DescribePrefixLists({})],
  };
}

async function startProber(inside: InsideProcess, name: string): Promise<Prober> {
  const waiting = new Map<number, (answers: Readonly<Record<number, string>>) => void>();
  let said = '';
  let round = 0;
  inside.onStderr((chunk) => void (said += chunk.toString()));
  const ended = inside.exited.then(() => {
    throw new Error(`the prober of ${name} ended: ${said}`);
  });
  ended.catch(() => {});
  const order = (message: Order) => inside.send(message);
  const ready = new Promise<void>((resolve) => {
    inside.onMessage((message) => {
      const report = message as Report;
      if (report.type === 'ready') return resolve();
      waiting.get(report.round)?.(report.answers);
      waiting.delete(report.round);
    });
  });
  order({ type: 'listen', name, ports: PORTS });
  await Promise.race([ready, ended]);
  return {
    send(packets) {
      const number = round++;
      const answers = new Promise<Readonly<Record<number, string>>>((resolve) =>
        waiting.set(number, resolve),
      );
      order({ type: 'probe', round: number, packets });
      return Promise.race([answers, ended]);
    },
    async stop() {
      await inside.signal('SIGKILL');
      await inside.exited;
    },
  };
}

async function serve(host: string, port: number, name: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(name);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, resolve);
  });
  return server;
}
