import type { TargetState } from '../protocol.ts';
import type { TargetConnection } from '../proxy/target-connection.ts';

/** A target of one group with its connections. */
export class Target {
  readonly address: string;
  readonly port: number;
  zone: string | undefined;
  registration: number | undefined;
  draining = false;
  /** Gone from the configuration: nothing may be in flight any more. */
  removed = false;
  state: TargetState;
  /** Since when it is in slow start. */
  slowSince: number | undefined = undefined;
  /** Whether it has ever been. */
  startedSlowly = false;
  /** What its share of the requests has come to and not been paid out in them, while any target of the group starts slowly. */
  credit = 0;
  /** Kept alive and free; the one used last is at the end. */
  readonly idle: TargetConnection[] = [];
  readonly busy = new Set<TargetConnection>();

  constructor(address: string, port: number, zone: string | undefined, state: TargetState) {
    this.address = address;
    this.port = port;
    this.zone = zone;
    this.state = state;
  }

  /** No new requests: free connections are closed, those in use finish their request. */
  drain(): void {
    this.draining = true;
    for (const connection of this.idle.splice(0)) connection.destroy();
  }

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html (502 at the end of the delay) */
  remove(): void {
    this.drain();
    this.removed = true;
    for (const connection of this.busy) connection.abort('expired');
  }

  /** Closes free connections that the target or the idle timeout is about to close. */
  sweep(tick: number): void {
    for (let index = this.idle.length - 1; index >= 0; index--) {
      const connection = this.idle[index] as TargetConnection;
      if (tick < connection.expires) continue;
      this.idle.splice(index, 1);
      connection.destroy();
    }
  }
}
