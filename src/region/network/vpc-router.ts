import { createHash } from 'node:crypto';
import type { PrivateZone } from '../dns/zone.ts';
import { egressAddress, egressPort } from './compiler/addresses.ts';
import type { RouterPlan } from './compiler/compile-vpc.ts';
import type { Reason } from './compiler/reasons.ts';
import { readDenials } from './kernel/read-denials.ts';
import { readFlows } from './kernel/read-flows.ts';
import { openRouterKernel, type RouterKernel } from './kernel/router-kernel.ts';
import type { Denial, Flow } from './network.ts';
import type { OutsideSocket } from './outside/outside-socket.ts';
import { routerProgram, type RouterProgramOptions } from './router-program.ts';
import type { Tools } from './tools.ts';

/** One VPC as it runs: its router in the kernel and the router's program. */
export interface VpcRouter {
  apply(plan: RouterPlan, zones: readonly PrivateZone[]): Promise<void>;
  denials(): Promise<readonly Denial[]>;
  flows(): Promise<readonly Flow[]>;
  remove(): Promise<void>;
}
export interface VpcRouterOptions extends Omit<RouterProgramOptions, 'network'> {
  readonly tools: Tools;
  readonly outsideSocket: OutsideSocket;
}

export function vpcRouter(vpcId: string, options: VpcRouterOptions): VpcRouter {
  const { netd, tools, outsideSocket, clock } = options;
  const network = `r${createHash('sha256').update(vpcId).digest('hex').slice(0, 12)}`;
  const program = routerProgram({ ...options, network });
  const reasons = new Map<number, Reason>();
  let kernel: Promise<RouterKernel> | undefined;

  async function list(set: string): Promise<string | undefined> {
    if (!kernel) return undefined;
    const { code, stdout } = await netd.run([tools.nft.path, '-j', 'list', 'set', 'ip', 'vpc', set], {
      env: { LC_ALL: 'C', ...tools.nft.env },
      network,
    });
    return code === 0 ? stdout : undefined;
  }
  return {
    async apply(plan, zones) {
      for (const [mark, reason] of plan.reasons) reasons.set(mark, reason);
      kernel ??= openRouterKernel(netd, tools, network);
      kernel.catch(() => (kernel = undefined));
      const opened = await kernel;
      program.start();
      await opened.apply(plan);
      await program.configure({
        resolvers: plan.resolvers,
        zones,
        egress: {
          address: egressAddress,
          port: egressPort,
          socket: outsideSocket.path,
          token: outsideSocket.token,
          nft: tools.nft,
        },
      });
    },
    async denials() {
      const listed = await list('denied');
      return listed === undefined ? [] : readDenials(listed, vpcId, reasons, clock.now());
    },
    async flows() {
      const listed = await list('flows');
      return listed === undefined ? [] : readFlows(listed, vpcId, clock.now());
    },
    async remove() {
      program.stop();
      if (kernel) await (await kernel).remove();
    },
  };
}
