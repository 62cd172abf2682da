import { cidrMatcher } from '../routing/cidr.ts';
import type { NetworkListenerConfig, Transport } from './protocol.ts';

interface Share {
  readonly arn: string;
  readonly weight: number;
  current: number;
}

/** A listener as flows meet it; it stays the same object while its configuration changes. */
export class NetworkListener {
  readonly arn: string;
  config: NetworkListenerConfig;
  #admits: Readonly<Record<Transport, (source: string) => boolean>>;
  #shares: Share[] = [];

  constructor(config: NetworkListenerConfig) {
    this.arn = config.arn;
    this.config = config;
    this.#admits = matchers(config);
    this.#shares = config.groups.map((group) => ({ ...group, current: 0 }));
  }

  apply(config: NetworkListenerConfig): void {
    const groupsChanged = JSON.stringify(config.groups) !== JSON.stringify(this.config.groups);
    this.config = config;
    this.#admits = matchers(config);
    if (groupsChanged) this.#shares = config.groups.map((group) => ({ ...group, current: 0 }));
  }

  admits(transport: Transport, source: string): boolean {
    return this.#admits[transport](source);
  }

  /** The target group of the next flow; weights are shares. https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html */
  nextGroup(): string | undefined {
    const total = this.#shares.reduce((sum, { weight }) => sum + weight, 0);
    let best: Share | undefined;
    for (const share of this.#shares) {
      share.current += share.weight;
      if (share.weight > 0 && (best === undefined || share.current > best.current)) best = share;
    }
    if (best) best.current -= total;
    return best?.arn;
  }
}

const matchers = ({ admittedCidrs: { tcp, udp } }: NetworkListenerConfig) => ({
  tcp: cidrMatcher(tcp),
  udp: cidrMatcher(udp),
});
