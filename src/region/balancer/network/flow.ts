import type { Target } from '../targets/target.ts';
import type { NetworkGroup } from './network-group.ts';
import type { NetworkListener } from './network-listener.ts';

/** One client's flow and the target that it keeps for as long as it lives. */
export interface Flow {
  readonly listener: NetworkListener;
  readonly group: NetworkGroup;
  readonly target: Target;
  readonly transport: 'tcp' | 'udp';
  /** Looks at the time; called about twice a second. */
  sweep(tick: number): void;
  /** Ends it as the load balancer does. */
  end(): void;
}
