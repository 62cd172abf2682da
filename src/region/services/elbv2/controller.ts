import type { FromBalancer, HealthReport } from '../../balancer/protocol.ts';
import { startReconciler, type Reconciler } from '../../reconciler.ts';
import { desiredApplicationConfig, withKnownHealth } from './config.ts';
import {
  ensureInterfaces,
  interfaceDescription,
  removeOrphanedInterfaces,
  removeOtherInterfaces,
} from './interfaces.ts';
import { desiredNetworkConfig, transportsOf } from './network-config.ts';
import { startProgram, type Program } from './program.ts';
import { startMetrics } from './metrics.ts';
import { listenersOf, targetId, type Elbv2, type LoadBalancerRecord } from './state.ts';

export interface ControllerOptions {
  readonly argv: readonly string[];
  readonly onDenied: (report: Extract<FromBalancer, { kind: 'denied' }>) => void;
}
export interface Controller {
  readonly reconciler: Reconciler;
  stop(): Promise<void>;
}

/** After a program died, a new one is started no sooner than this (milliseconds). */
const restartPause = 250;

/** Keeps for every load balancer its interfaces, its program and that program's configuration. */
export function startController(state: Elbv2, { argv, onDenied }: ControllerOptions): Controller {
  const { region, loadBalancers, targets, health } = state;
  const programs = new Map<string, { readonly program: Program; readonly startedAt: number }>();
  let stopping = false;

  function onHealth(reports: readonly HealthReport[]): void {
    for (const { targetGroupArn, address, port, ...rest } of reports) {
      const id = targetId(targetGroupArn, address, port);
      const target = targets.get(id);
      if (target && !target.drainingUntil) health.put(id, { targetGroupArn, address, port, ...rest });
    }
  }
  const metrics = startMetrics(state);
  function onMessage(loadBalancer: LoadBalancerRecord, message: FromBalancer): void {
    if (message.kind === 'health') onHealth(message.reports);
    else if (message.kind === 'traffic') metrics.traffic(loadBalancer, message);
    else if (message.kind === 'denied') onDenied(message);
  }

  /** Ends targets whose deregistration delay is over; returns when the next one is due. */
  function endDraining(): number | undefined {
    const now = region.clock.now();
    let next: number | undefined;
    for (const { targetGroupArn, address, port, drainingUntil } of targets.values()) {
      if (!drainingUntil) continue;
      const left = drainingUntil.getTime() - now;
      if (left <= 0) targets.delete(targetId(targetGroupArn, address, port));
      else next = Math.min(next ?? left, left);
    }
    return next;
  }

  function forgetHealth(): void {
    for (const id of health.keys()) if (!targets.has(id)) health.delete(id);
  }

  async function reconcile(loadBalancer: LoadBalancerRecord): Promise<number | undefined> {
    const interfaces = ensureInterfaces(state, loadBalancer);
    const nodes = interfaces.map(({ zone, privateAddress }) => ({ zone, address: privateAddress }));
    let running = programs.get(loadBalancer.arn);
    if (running && !running.program.alive) {
      const left = running.startedAt + restartPause - region.clock.now();
      if (left > 0) return left;
      running = undefined;
    }
    if (!running) {
      // The namespace and the addresses are there once the network is.
      await region.plane.network.settled();
      const program = startProgram({
        region,
        name: loadBalancer.name,
        description: interfaceDescription(loadBalancer),
        argv,
        onMessage: (message) => onMessage(loadBalancer, message),
        onChange: () => {
          if (!stopping) reconciler.wake();
        },
      });
      running = { program, startedAt: region.clock.now() };
      programs.set(loadBalancer.arn, running);
    } else if (nodesChanged(loadBalancer.arn, nodes)) await region.plane.network.settled();
    knownNodes.set(loadBalancer.arn, JSON.stringify(nodes));
    const { program } = running;
    // Deleted meanwhile: the next run ends what was begun.
    if (!loadBalancers.has(loadBalancer.arn)) return undefined;
    const current = loadBalancers.get(loadBalancer.arn) ?? loadBalancer;
    const desired = current.type === 'network' ? desiredNetworkConfig : desiredApplicationConfig;
    program.configure(desired(state, current, nodes), (config) => withKnownHealth(state, config));
    // The host stands where the internet does, and an internal load balancer has no public address.
    const served = current.scheme === 'internal' ? [] : listenersOf(state, current.arn);
    await program.serve(
      served.map(({ arn, port, protocol }) => ({ arn, port, transports: transportsOf(protocol) })),
    );
    if (!program.upToDate) return undefined;
    removeOtherInterfaces(state, current);
    if (loadBalancers.get(current.arn)?.state === 'provisioning')
      loadBalancers.patch(current.arn, { state: 'active' });
    return undefined;
  }
  const knownNodes = new Map<string, string>();
  const nodesChanged = (arn: string, nodes: object) => knownNodes.get(arn) !== JSON.stringify(nodes);

  const reconciler = startReconciler({
    store: region.store,
    clock: region.clock,
    log: region.log,
    name: 'elastic load balancing',
    watch: [
      'elbv2/load-balancers',
      'elbv2/target-groups',
      'elbv2/listeners',
      'elbv2/rules',
      'elbv2/targets',
      'ec2/',
    ],
    async run() {
      const due = [endDraining()];
      forgetHealth();
      for (const [arn, { program }] of programs) {
        if (loadBalancers.has(arn)) continue;
        await program.stop();
        programs.delete(arn);
        knownNodes.delete(arn);
      }
      removeOrphanedInterfaces(state);
      const failures: unknown[] = [];
      for (const loadBalancer of loadBalancers.values())
        try {
          due.push(await reconcile(loadBalancer));
        } catch (error) {
          failures.push(error);
        }
      if (failures.length > 0) throw failures[0];
      const next = Math.min(...due.flatMap((delay) => delay ?? []));
      return Number.isFinite(next) ? next : undefined;
    },
  });

  return {
    reconciler,
    async stop() {
      stopping = true;
      metrics.stop();
      await reconciler.stop();
      for (const { program } of programs.values()) await program.stop();
      programs.clear();
    },
  };
}
