import { targetKey, type HealthCheckConfig, type HealthReport } from '../protocol.ts';
import { nodeFor, type Core } from '../proxy/core.ts';
import { afterProbe, initialHealth, type Health } from './health.ts';
import { probe } from './probe.ts';
import type { Target } from './target.ts';
import type { TargetGroup } from './target-group.ts';

/**
 * Under the eager pace a target that has not been decided on is also looked at in between, first after this long (milliseconds), each
 * time after half as long again, up to the interval. AWS waits for the interval. Failures in between do not count.
 */
const firstPause = 100;

export interface HealthChecks {
  /** Brings the running checks in line with a group's targets. */
  apply(group: TargetGroup): void;
  forget(group: TargetGroup): void;
}

interface Checked {
  readonly target: Target;
  check: HealthCheckConfig;
  health: Health;
  /** Ends what is scheduled or under way. */
  stop: () => void;
}

/** Checks every target that is not draining, and reports what changes. One node checks a target: the one in its own zone. */
export function createHealthChecks(core: Core, report: (report: HealthReport) => void): HealthChecks {
  const running = new Map<TargetGroup, Map<string, Checked>>();

  function start(group: TargetGroup, target: Target): Checked {
    const known: Health = target.state === 'initial' ? initialHealth : { state: target.state, contrary: 0 };
    const checked: Checked = { target, check: group.config.healthCheck, health: known, stop: () => {} };
    if (known.state === 'initial') announce(group, checked);
    schedule(group, checked);
    return checked;
  }

  function schedule(group: TargetGroup, checked: Checked): void {
    const { target } = checked;
    let stopped = false;
    let cancelProbe = () => {};
    let cancelTimer = () => {};
    const interval = checked.check.intervalMilliseconds;
    const eager = core.pace === 'eager';
    let pause = firstPause;
    let nextCounted = core.clock.now();
    checked.stop = () => {
      stopped = true;
      cancelProbe();
      cancelTimer();
    };
    const look = () => {
      const started = core.clock.now();
      const counted = started >= nextCounted;
      if (counted) nextCounted = started + interval;
      cancelProbe = probe(
        {
          dial: core.dial,
          clock: core.machine,
          address: target.address,
          port: checked.check.port ?? target.port,
          localAddress: nodeFor(core.nodes, target.zone),
          check: checked.check,
        },
        (outcome) => {
          if (stopped) return;
          if (counted || outcome.kind === 'ok') {
            const before = checked.health;
            checked.health = afterProbe(before, outcome, checked.check);
            if (
              before.state !== checked.health.state ||
              before.description !== checked.health.description ||
              before.reason !== checked.health.reason
            )
              announce(group, checked);
          }
          const untilCounted = Math.max(0, nextCounted - core.clock.now());
          const between = eager && checked.health.state === 'initial';
          const wait = between ? Math.min(pause, untilCounted) : untilCounted;
          pause *= 1.5;
          cancelTimer = core.clock.schedule(wait, look);
        },
      );
    };
    look();
  }

  function announce(group: TargetGroup, { target, health }: Checked): void {
    group.judge(target, health.state);
    report({
      targetGroupArn: group.arn,
      address: target.address,
      port: target.port,
      state: health.state,
      ...(health.reason === undefined ? {} : { reason: health.reason }),
      ...(health.description === undefined ? {} : { description: health.description }),
    });
  }

  return {
    apply(group) {
      const checks = running.get(group) ?? new Map<string, Checked>();
      running.set(group, checks);
      for (const [key, checked] of checks) {
        if (group.targets.get(key) === checked.target && !checked.target.draining) continue;
        checked.stop();
        checks.delete(key);
      }
      const wanted = group.config.healthCheck;
      for (const target of group.targets.values()) {
        if (target.draining) continue;
        const key = targetKey(target.address, target.port);
        const checked = checks.get(key);
        if (!checked) checks.set(key, start(group, target));
        else if (JSON.stringify(checked.check) !== JSON.stringify(wanted)) {
          checked.stop();
          checked.check = wanted;
          schedule(group, checked);
        }
      }
    },
    forget(group) {
      for (const checked of running.get(group)?.values() ?? []) checked.stop();
      running.delete(group);
    },
  };
}
