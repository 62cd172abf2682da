import type { Clock } from '../../../common/clock.ts';
import { targetKey, type TargetGroupConfig, type TargetState } from '../protocol.ts';
import { createStickiness, type Stickiness } from '../routing/stickiness.ts';
import { noGroupCounts } from '../traffic.ts';
import { neededHealthy } from './minimum-healthy.ts';
import { slowStartShare, startsSlowly } from './slow-start.ts';
import { Target } from './target.ts';

/** A target group as requests meet it; it and its targets stay the same objects while the configuration changes. */
export class TargetGroup {
  readonly arn: string;
  readonly targets = new Map<string, Target>();
  readonly counts = noGroupCounts();
  config: TargetGroupConfig;
  stickiness: Stickiness | undefined;
  readonly #clock: Clock;
  #usable: readonly Target[] = [];
  #next = 0;
  /** Whether a usable target is in slow start. */
  #ramping = false;

  constructor(config: TargetGroupConfig, clock: Clock) {
    this.arn = config.arn;
    this.config = config;
    this.#clock = clock;
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

  /** Takes what health checks found out about a target. */
  judge(target: Target, state: TargetState): void {
    const before = target.state;
    target.state = state;
    if (state !== 'healthy') target.slowSince = undefined;
    else if (
      before !== 'healthy' &&
      this.config.slowStartMilliseconds !== undefined &&
      startsSlowly(target, this.targets.values(), before === 'initial')
    ) {
      target.slowSince = this.#clock.now();
      target.startedSlowly = true;
    }
    this.refresh();
  }

  /**
   * Healthy targets; when they are too few, all that have been checked (the group fails open). A target is used after its first check.
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
   */
  refresh(): void {
    const registered = [...this.targets.values()].filter((target) => !target.draining);
    const healthy = registered.filter((target) => target.state === 'healthy');
    this.#usable =
      healthy.length >= neededHealthy(this.config.minimumHealthy, registered.length)
        ? healthy
        : registered.filter((target) => target.state !== 'initial');
    this.#ramping =
      this.config.slowStartMilliseconds !== undefined &&
      this.#usable.some((target) => target.slowSince !== undefined);
    for (const target of this.#usable) target.credit = 0;
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
    if (this.#ramping) return this.#pickByShare(this.config.slowStartMilliseconds ?? 0);
    this.#next = (this.#next + 1) % usable.length;
    let chosen = usable[this.#next] as Target;
    if (this.config.algorithm === 'least_outstanding_requests')
      for (let offset = 1; offset < usable.length; offset++) {
        const candidate = usable[(this.#next + offset) % usable.length] as Target;
        if (candidate.busy.size < chosen.busy.size) chosen = candidate;
      }
    return chosen;
  }

  /** In turns weighted by the share that each may have by now, so that shares hold in every window. */
  #pickByShare(duration: number): Target {
    const usable = this.#usable;
    const now = this.#clock.now();
    let chosen = usable[0] as Target;
    let total = 0;
    let ended = false;
    for (const target of usable) {
      const share = target.slowSince === undefined ? 1 : slowStartShare(now - target.slowSince, duration);
      if (target.slowSince !== undefined && share === 1) {
        target.slowSince = undefined;
        ended = true;
      }
      total += share;
      target.credit += share;
      if (target.credit > chosen.credit) chosen = target;
    }
    chosen.credit -= total;
    if (ended) this.refresh();
    return chosen;
  }

  close(): void {
    for (const target of this.targets.values()) target.remove();
    this.targets.clear();
    this.refresh();
  }
}
