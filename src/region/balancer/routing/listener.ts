import type { Action, ListenerConfig } from '../protocol.ts';
import { cidrMatcher } from './cidr.ts';
import { compileConditions, type Routable } from './rules.ts';

/** A listener as requests meet it; it stays the same object while its configuration changes. */
export class Listener {
  readonly arn: string;
  port: number;
  removed = false;
  admits: (source: string) => boolean = () => false;
  /** The action of the first rule whose conditions hold; the default rule is last. */
  route: (request: Routable) => Action | undefined = () => undefined;

  constructor(config: ListenerConfig) {
    this.arn = config.arn;
    this.port = config.port;
    this.apply(config);
  }

  apply(config: ListenerConfig): void {
    this.port = config.port;
    this.admits = cidrMatcher(config.admittedCidrs);
    const rules = config.rules.map(({ conditions, action }) => ({
      holds: conditions.length === 0 ? undefined : compileConditions(conditions),
      action: weighted(action),
    }));
    this.route = (request) => {
      for (const { holds, action } of rules) if (holds === undefined || holds(request)) return action();
      return undefined;
    };
  }
}

/**
 * Chooses among weighted groups so that shares hold in every window (smooth weighted round robin); the result names one group.
 * There is no failover between groups: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
 */
function weighted(action: Action): () => Action {
  if (action.kind !== 'forward' || action.groups.length === 1) return () => action;
  const shares = action.groups.map((group) => ({
    weight: group.weight,
    current: 0,
    action: { kind: 'forward' as const, groups: [group] },
  }));
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  const none: Action = { kind: 'forward', groups: [] };
  return () => {
    let best: (typeof shares)[number] | undefined;
    for (const share of shares) {
      share.current += share.weight;
      if (share.weight > 0 && (best === undefined || share.current > best.current)) best = share;
    }
    if (best === undefined) return none;
    best.current -= total;
    return best.action;
  };
}
