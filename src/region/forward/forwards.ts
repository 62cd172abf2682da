import type { Clock } from '../../common/clock.ts';
import type { Netd } from '../network/netd-client.ts';
import { startReconciler } from '../reconciler.ts';
import type { HostPorts, HostSockets } from '../region.ts';
import type { Store } from '../store/store.ts';
import { startForwarder, type Forwarder } from './forwarder.ts';
import type { Forward, ForwardRequest } from './model.ts';

/** A running task that connections can be led to. */
export interface ForwardTask {
  readonly address: string;
  readonly network: string;
}
export interface ForwardsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: (message: string) => void;
  readonly netd: Pick<Netd, 'spawn'>;
  readonly hostPorts: HostPorts;
  /** The program in the namespaces of tasks; its arguments follow. */
  readonly argv: readonly string[];
  readonly stacks: () => Promise<readonly string[]>;
  /** The running tasks of a service. */
  readonly tasks: (stack: string, service: string) => Promise<readonly ForwardTask[]>;
  /** How long a program without anything to carry is kept. */
  readonly idleMilliseconds?: number;
  /** Network namespaces that there are. */
  readonly networks: () => ReadonlySet<string>;
}
export interface Forwards {
  /** Replaces the forwards of a stack; resolves when they are open. */
  set(stack: string, forwards: readonly ForwardRequest[]): Promise<readonly Forward[]>;
  of(stack: string): readonly Forward[];
  stop(): Promise<void>;
}

interface ForwardSet {
  readonly stack: string;
  readonly forwards: readonly ForwardRequest[];
}

const keyOf = (stack: string, { service, containerPort, hostPort, protocol }: ForwardRequest): string =>
  `forward ${stack} ${service} ${containerPort}/${protocol} ${hostPort}`;

/** Clients of one UDP port that are remembered. */
const flowLimit = 4096;

/**
 * Ports of the host's loopback that lead straight into running tasks, like port-forwarding sessions: what comes in arises in the
 * task's own network namespace, where no security group is asked.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html#sessions-start-port-forwarding
 */
export function startForwards(options: ForwardsOptions): Forwards {
  const { store, clock, log, netd, hostPorts, argv, idleMilliseconds = 60_000 } = options;
  const sets = store.table<ForwardSet>('forwards/sets');
  const open = new Map<string, HostSockets>();
  const forwarders = new Map<string, Forwarder>();
  const answers = new Map<number, (message: Uint8Array) => void>();
  let sequence = 0;
  let turn = 0;

  function forwarderOf({ address, network }: ForwardTask): Forwarder {
    const known = forwarders.get(network);
    if (known) return known;
    const made: Forwarder = startForwarder({
      netd,
      argv: [...argv, address, String(idleMilliseconds)],
      network,
      log,
      onDatagram: (flow, message) => answers.get(flow)?.(message),
      onEnded: () => {
        if (forwarders.get(network) === made) forwarders.delete(network);
      },
    });
    forwarders.set(network, made);
    return made;
  }

  /** The next running task, each in turn. */
  async function chooseTask(stack: string, service: string): Promise<ForwardTask | undefined> {
    const tasks = await options.tasks(stack, service).catch(() => []);
    return tasks[turn++ % Math.max(1, tasks.length)];
  }

  async function listen(stack: string, forward: ForwardRequest): Promise<HostSockets> {
    const { service, containerPort, hostPort, protocol } = forward;
    const sockets = await hostPorts.claimSockets(keyOf(stack, forward), hostPort, [protocol]);
    sockets.server?.on('connection', (socket) => {
      socket.on('error', () => {});
      void chooseTask(stack, service).then((task) => {
        if (!task) return socket.resetAndDestroy();
        return forwarderOf(task).connection(socket, containerPort);
      });
    });
    const { datagrams } = sockets;
    const flows = new Map<string, { readonly flow: number; readonly task: ForwardTask }>();
    const forget = (peer: string) => {
      const known = flows.get(peer);
      flows.delete(peer);
      if (known) answers.delete(known.flow);
    };
    datagrams?.on('error', () => {});
    datagrams?.on('close', () => [...flows.keys()].forEach(forget));
    datagrams?.on('message', (message, { address, port }) => {
      const peer = `${address} ${port}`;
      const known = flows.get(peer);
      // The one that spoke last stays longest.
      flows.delete(peer);
      if (known && options.networks().has(known.task.network)) {
        flows.set(peer, known);
        return forwarderOf(known.task).datagram(known.flow, containerPort, message);
      }
      if (known) answers.delete(known.flow);
      void chooseTask(stack, service).then((task) => {
        if (!task || open.get(keyOf(stack, forward)) !== sockets) return;
        if (flows.size >= flowLimit) forget(flows.keys().next().value ?? '');
        const flow = sequence++;
        flows.set(peer, { flow, task });
        answers.set(flow, (answer) => datagrams.send(answer, port, address));
        forwarderOf(task).datagram(flow, containerPort, message);
      });
    });
    return sockets;
  }
  function close(key: string): void {
    const sockets = open.get(key);
    open.delete(key);
    sockets?.server?.close();
    sockets?.datagrams?.close();
  }

  const reconciler = startReconciler({
    store,
    clock,
    log,
    name: 'forwards',
    watch: ['forwards/', 'cloudformation/stacks', 'ec2/network-interfaces'],
    async run() {
      if (sets.size > 0) {
        const stacks = new Set(await options.stacks());
        for (const stack of sets.keys()) if (!stacks.has(stack)) sets.delete(stack);
      }
      const wanted = new Map(
        [...sets.values()].flatMap(({ stack, forwards }) =>
          forwards.map((forward) => [keyOf(stack, forward), { stack, forward }] as const),
        ),
      );
      for (const key of open.keys())
        if (!wanted.has(key)) {
          close(key);
          hostPorts.release(key);
        }
      for (const [key, { stack, forward }] of wanted)
        if (!open.has(key)) open.set(key, await listen(stack, forward));
      // A program in a namespace that is to go would hold it.
      const networks = options.networks();
      for (const [network, forwarder] of forwarders) if (!networks.has(network)) forwarder.end();
    },
  });

  const of = (stack: string): readonly Forward[] =>
    (sets.get(stack)?.forwards ?? []).flatMap((forward) => {
      const listeningPort = open.get(keyOf(stack, forward))?.port;
      return listeningPort === undefined ? [] : [{ ...forward, listeningPort }];
    });
  return {
    of,
    async set(stack, forwards) {
      if (forwards.length > 0) sets.put(stack, { stack, forwards });
      else sets.delete(stack);
      await reconciler.settled();
      return of(stack);
    },
    async stop() {
      await reconciler.stop();
      for (const key of open.keys()) close(key);
      for (const forwarder of forwarders.values()) forwarder.end();
    },
  };
}
