import { targetKey, type TargetGroupConfig } from '../protocol.ts';
import { createStickiness, type Stickiness } from '../routing/stickiness.ts';
import { Target } from './target.ts';

/** A target group as requests meet it; it and its targets stay the same objects while the configuration changes. */
export class TargetGroup {
  readonly arn: string;
  readonly targets = new Map<string, Target>();
  config: TargetGroupConfig;
  stickiness: Stickiness | undefined;
  #usable: readonly Target[] = [];
  #next = 0;

  constructor(config: TargetGroupConfig) {
    this.arn = config.arn;
    this.config = config;
    this.apply(config);
  }

  apply(config: TargetGroupConfig): void {
    this.config = config;
    this.stickiness = config.stickiness && createStickiness(this.arn, config.stickiness);
    const wanted = new Map(config.targets.map((target) => [targetKey(target.address, target.port), target]));
    for (const [key, target] of this.targets) {
      if (wanted.has(key)) continue;
      this.targets.delete(key);
      target.remove();
    }
    for (const [key, { address, port, zone, draining, known, registration }] of wanted) {
      let target = this.targets.get(key);
      // One that is registered again starts anew; what is in flight finishes.
      if (target && (target.registration !== registration || (target.draining && !draining))) {
        target.drain();
        target = undefined;
      }
      if (!target) this.targets.set(key, (target = new Target(address, port, zone, known ?? 'initial')));
      target.registration = registration;
      target.zone = zone;
      if (draining && !target.draining) target.drain();
    }
    this.refresh();
  }

  /**
   * Healthy targets; when all that have been checked are unhealthy, all of them. While every one is still being checked for the first
   * time there is none. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
   */
  refresh(): void {
    const registered = [...this.targets.values()].filter((target) => !target.draining);
    const healthy = registered.filter((target) => target.state === 'healthy');
    const decided = registered.some((target) => target.state !== 'initial');
    this.#usable = healthy.length > 0 ? healthy : decided ? registered : [];
  }

  /** The target that a session is bound to, while it may be used. */
  sticky(requestText: string, now: number): Target | undefined {
    const key = this.stickiness?.wanted(requestText, now);
    const target = key === undefined ? undefined : this.targets.get(key);
    return target && this.#usable.includes(target) ? target : undefined;
  }

  /** The target for the next request. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
  pick(): Target | undefined {
    const usable = this.#usable;
    if (usable.length === 0) return undefined;
    this.#next = (this.#next + 1) % usable.length;
    let chosen = usable[this.#next] as Target;
    if (this.config.algorithm === 'least_outstanding_requests')
      for (let offset = 1; offset < usable.length; offset++) {
        const candidate = usable[(this.#next + offset) % usable.length] as Target;
        if (candidate.busy.size < chosen.busy.size) chosen = candidate;
      }
    return chosen;
  }

  close(): void {
    for (const target of this.targets.values()) target.remove();
    this.targets.clear();
    this.refresh();
  }
}
