import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../common/clock.ts';
import type { Topology } from '../../../topology/model.ts';
import type { PrivateZone } from '../../dns/zone.ts';
import { openStore } from '../../store/store.ts';
import { createNetwork } from '../create-network.ts';
import { namespaceOf } from '../namespace.ts';
import type { InsideProcess, Netd } from '../netd-client.ts';
import type { Denial, Network } from '../network.ts';
import { startNetd } from '../start-netd.ts';
import { bundlePrograms, findTestTools } from './programs.ts';
import { emptyTopology } from './topology.ts';

/** A network in the kernel whose topology a test sets, and programs to send packets with. */
export interface LiveNetwork {
  readonly netd: Netd;
  /** Sets the topology (and zones) and waits until it is in force. */
  set(topology: Topology, zones?: readonly PrivateZone[]): Promise<void>;
  /** A TCP server in the namespace of an interface, by its description; it writes the peer's address and echoes. */
  listen(holder: string, port: number): Promise<InsideProcess>;
  /** Connects from the namespace of an interface: `open`, `timeout`, or the code of the error. */
  connect(
    holder: string,
    address: string,
    port: number,
    more?: { readonly from?: string; readonly wait?: number },
  ): Promise<string>;
  /** Runs a piece of JavaScript there; what it prints. */
  script(holder: string, code: string): Promise<string>;
  denials(): Promise<readonly Denial[]>;
  readonly network: Network;
  buildNamespace(): Promise<string>;
  stop(): Promise<void>;
}

const server = `
require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {});
  socket.write(socket.remoteAddress + '\\n');
  socket.pipe(socket);
}).listen(Number(process.argv[1]), '0.0.0.0', () => console.log('listening'));`;
const client = `
const [host, port, wait, localAddress] = process.argv.slice(1);
const socket = require('node:net').connect({ host, port: Number(port), ...(localAddress ? { localAddress } : {}) });
const end = (word) => { console.log(word); process.exit(0); };
setTimeout(() => end('timeout'), Number(wait));
socket.on('data', () => end('open')).on('error', (error) => end(error.code)).on('end', () => end('closed'));`;

export async function liveNetwork(
  options: { readonly outside?: Readonly<Record<string, string>> } = {},
): Promise<LiveNetwork> {
  const programs = await bundlePrograms();
  const stateDirectory = mkdtempSync(join(tmpdir(), 'fairway-network-state-'));
  const tools = await findTestTools();
  const log = (message: string) => {
    if (process.env.FAIRWAY_TEST_LOG) process.stderr.write(`${message}\n`);
  };
  const netd = await startNetd({ program: programs.netd, tools, log });
  let topology = emptyTopology;
  let zones: readonly PrivateZone[] = [];
  const network = createNetwork({
    store: openStore(),
    clock: systemClock,
    log,
    netd,
    tools,
    topology: () => topology,
    zones: () => zones,
    routerProgram: programs.router,
    nodePath: process.execPath,
    stateDirectory,
    outside: options.outside ?? {},
  });
  const node = (holder: string, code: string, ...args: string[]) =>
    netd.spawn([process.execPath, '-e', code, ...args], {
      network: holder.startsWith('/') ? holder.slice(1) : namespaceOf(holder),
    });
  const output = async (inside: InsideProcess) => {
    let text = '';
    inside.onStdout((chunk) => void (text += chunk.toString()));
    inside.onStderr((chunk) => void (text += chunk.toString()));
    await inside.exited;
    return text.trim();
  };
  return {
    netd,
    async set(next, nextZones = zones) {
      topology = next;
      zones = nextZones;
      await network.settled();
    },
    async listen(holder, port) {
      const inside = node(holder, server, String(port));
      await new Promise<void>((resolve, reject) => {
        inside.onStdout(() => resolve());
        inside.onStderr((chunk) => reject(new Error(chunk.toString())));
      });
      return inside;
    },
    connect: (holder, address, port, { from = '', wait = 700 } = {}) =>
      output(node(holder, client, address, String(port), String(wait), from)),
    script: (holder, code) => output(node(holder, code)),
    denials: network.denials,
    network,
    buildNamespace: network.buildNamespace,
    async stop() {
      await network.stop();
      await netd.close();
      programs.remove();
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}
