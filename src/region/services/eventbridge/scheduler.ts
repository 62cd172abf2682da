import { parseSchedule } from '../../../common/schedule/expression.ts';
import { runTarget } from './run-target.ts';
import type { EventBridgeState } from './state.ts';

export interface Scheduler {
  /** Looks at a rule again: it was put, changed or deleted. */
  arm(name: string): void;
  start(): void;
  stop(): void;
}

/** Timers reach no further than 2³¹ ms. */
const LONGEST_WAIT = 86_400_000;

/**
 * Runs the targets of rules when their time has come. Times that passed while the region was not running are not made up for: on AWS
 * there are none.
 */
export function createScheduler({ region, rules }: EventBridgeState): Scheduler {
  const { clock } = region;
  const waiting = new Map<string, () => void>();
  let running = false;

  function arm(name: string): void {
    waiting.get(name)?.();
    waiting.delete(name);
    const rule = rules.get(name);
    // Cron expressions are read in UTC, a rate counts from when the rule was put.
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
    const schedule = rule && parseSchedule(rule.scheduleExpression, { begin: rule.since });
    if (!running || !schedule || rule.state !== 'ENABLED') return;
    const at = schedule(clock.now());
    if (at !== undefined) wait(name, at);
  }

  function wait(name: string, at: number): void {
    const left = at - clock.now();
    const task = left > LONGEST_WAIT ? () => wait(name, at) : () => run(name);
    waiting.set(name, clock.schedule(Math.min(Math.max(left, 0), LONGEST_WAIT), task));
  }

  function run(name: string): void {
    for (const target of rules.get(name)?.targets ?? [])
      void runTarget(region, name, target).catch((error: unknown) =>
        region.log(
          `eventbridge rule ${name}: target ${target.Id} was not invoked: ${error instanceof Error ? error.message : String(error)}`,
        ),
      );
    arm(name);
  }

  return {
    arm,
    start() {
      running = true;
      for (const name of rules.keys()) arm(name);
    },
    stop() {
      running = false;
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
    },
  };
}
