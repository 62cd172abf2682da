import type { Socket } from 'node:net';
import type { Clock } from '../../common/clock.ts';
import type { Topology } from '../../topology/model.ts';
import { interfaceNames } from '../dns/interface-names.ts';
import type { PrivateZone } from '../dns/zone.ts';
import { startReconciler } from '../reconciler.ts';
import type { Store } from '../store/store.ts';
import { buildNetwork, buildVpcId, withBuildNetwork } from './build-network.ts';
import { compileVpc } from './compiler/compile-vpc.ts';
import type { Netd } from './netd-client.ts';
import type { Network } from './network.ts';
import { openOutsideSocket, type OutsideSocket } from './outside/outside-socket.ts';
import type { Tools } from './tools.ts';
import { vpcRouter, type VpcRouter } from './vpc-router.ts';

export interface NetworkOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: (message: string) => void;
  readonly netd: Netd;
  readonly tools: Tools;
  readonly topology: () => Topology;
  readonly zones: () => readonly PrivateZone[];
  /** Path of router.mjs. */
  readonly routerProgram: string;
  readonly nodePath: string;
  readonly stateDirectory: string;
  /** Outside address → address of the host's, for tests and development. */
  readonly outside: Readonly<Record<string, string>>;
  /** Takes connections to the metadata endpoint of tasks, with the address of who asks. */
  readonly metadata?: (socket: Socket, from: string) => void;
  /** Name of the AWS region, for the names of interfaces. Default us-east-1. */
  readonly region?: string;
}

/** Keeps the kernel as the store says: each VPC that has interfaces gets a router, its filter and its names. */
export function createNetwork(options: NetworkOptions): Network & { stop(): Promise<void> } {
  const { store, clock, log, netd, tools, nodePath, region = 'us-east-1' } = options;
  const routers = new Map<string, VpcRouter>();
  let socket: Promise<OutsideSocket> | undefined;
  let building = false;
  let observed: ReadonlySet<string> = new Set();

  async function reconcile(): Promise<void> {
    const topology = building ? withBuildNetwork(options.topology()) : options.topology();
    const zones = options.zones();
    const inUse = new Set(topology.interfaces.map(({ vpcId }) => vpcId));
    const known = new Set(topology.vpcs.map(({ id }) => id));
    const gone = [...routers].filter(([vpcId]) => !known.has(vpcId));
    for (const [vpcId] of gone) routers.delete(vpcId);
    const settle = async (vpcId: string) => {
      socket ??= openOutsideSocket(options);
      const outsideSocket = await socket;
      const router =
        routers.get(vpcId) ??
        vpcRouter(vpcId, {
          netd,
          tools,
          nodePath,
          clock,
          log,
          outsideSocket,
          program: options.routerProgram,
        });
      routers.set(vpcId, router);
      const plan = compileVpc(topology, vpcId, {
        open: vpcId === buildVpcId,
        observed: observed.has(vpcId),
      });
      await router.apply(plan, zonesOf(topology, vpcId, zones, region));
    };
    const results = await Promise.allSettled([
      ...gone.map(([, router]) => router.remove()),
      ...topology.vpcs.filter(({ id }) => inUse.has(id) || routers.has(id)).map(({ id }) => settle(id)),
    ]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
  const reconciler = startReconciler({
    store,
    clock,
    log,
    name: 'network',
    // Of network load balancers DNS gives the addresses of zones with healthy targets only.
    watch: ['ec2/', 'servicediscovery/', 'elbv2/load-balancers', 'elbv2/target-health'],
    run: reconcile,
  });

  return {
    settled: reconciler.settled,
    async denials() {
      const lists = await Promise.all(
        [...routers].map(([vpcId, router]) => (vpcId === buildVpcId ? [] : router.denials())),
      );
      return lists.flat().sort((one, other) => other.lastSeen - one.lastSeen);
    },
    async observe(vpcIds) {
      observed = new Set(vpcIds);
      await reconciler.settled();
    },
    async flows() {
      const lists = await Promise.all(
        [...routers].map(([vpcId, router]) => (observed.has(vpcId) ? router.flows() : [])),
      );
      return lists.flat();
    },
    async buildNamespace() {
      if (!building) {
        building = true;
        reconciler.wake();
      }
      await reconciler.settled();
      return buildNetwork.namespace;
    },
    async stop() {
      await reconciler.stop();
      await Promise.allSettled([...routers.values()].map((router) => router.remove()));
      routers.clear();
      (await socket)?.close();
    },
  };
}

/**
 * Private zones and the names of interfaces are answered where the VPC has both DNS attributes.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
 */
function zonesOf(
  topology: Topology,
  vpcId: string,
  zones: readonly PrivateZone[],
  region: string,
): readonly PrivateZone[] {
  const vpc = topology.vpcs.find(({ id }) => id === vpcId);
  if (!vpc?.dnsSupport || !vpc.dnsHostnames) return [];
  return [...zones.filter(({ vpcIds }) => vpcIds.includes(vpcId)), interfaceNames(topology, vpcId, region)];
}
