import type { Clock } from '../../../common/clock.ts';
import { targetKey, type BalancerNode } from '../protocol.ts';
import { cidrMatcher } from '../routing/cidr.ts';
import { TargetGroup } from '../targets/target-group.ts';
import type { Target } from '../targets/target.ts';
import { chooseByHash } from './flow-hash.ts';
import type { NetworkGroupConfig, Transport } from './protocol.ts';

/** A target group as flows meet it. */
export class NetworkGroup {
  readonly group: TargetGroup;
  config: NetworkGroupConfig;
  #admissions: ReadonlyMap<string, Admission>;

  constructor(config: NetworkGroupConfig, clock: Clock) {
    this.config = config;
    this.#admissions = admissionsOf(config);
    this.group = new TargetGroup({ ...config, algorithm: 'round_robin' }, clock);
  }

  apply(config: NetworkGroupConfig): void {
    this.config = config;
    this.#admissions = admissionsOf(config);
    this.group.apply({ ...config, algorithm: 'round_robin' });
  }

  /** Targets that a node may use: those of its zone, or all. https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html (cross-zone) */
  #within(node: BalancerNode | undefined): Target[] {
    return [...this.group.targets.values()].filter(
      ({ draining, zone }) =>
        !draining &&
        (this.config.crossZone || zone === undefined || node === undefined || zone === node.zone),
    );
  }

  /** Whether the node's address is among the answers of DNS. https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html */
  isHealthy(node: BalancerNode): boolean {
    return this.#within(node).some(({ state }) => state === 'healthy');
  }

  /**
   * The target of a new flow: a healthy one; where none is, any that has been checked (the load balancer fails open).
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
   */
  choose(node: BalancerNode | undefined, flow: string, source: string): Target | undefined {
    const registered = this.#within(node);
    const healthy = registered.filter(({ state }) => state === 'healthy');
    const usable = healthy.length > 0 ? healthy : registered.filter(({ state }) => state !== 'initial');
    return chooseByHash(this.config.sticky ? source : flow, usable, ({ address, port }) =>
      targetKey(address, port),
    );
  }

  /** Whether the target's own groups would let the client in. */
  admits({ address, port }: Target, transport: Transport, source: string): boolean {
    return this.#admissions.get(targetKey(address, port))?.[transport](source) ?? true;
  }
}

type Admission = Readonly<Record<Transport, (source: string) => boolean>>;
const admissionsOf = ({ targets }: NetworkGroupConfig): ReadonlyMap<string, Admission> =>
  new Map(
    targets.flatMap(({ address, port, admittedCidrs: cidrs }) =>
      cidrs
        ? [[targetKey(address, port), { tcp: cidrMatcher(cidrs.tcp), udp: cidrMatcher(cidrs.udp) }] as const]
        : [],
    ),
  );
