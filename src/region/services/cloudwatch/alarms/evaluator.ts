import type { CloudWatch } from '../state.ts';
import { evaluate, type Verdict } from './evaluate.ts';
import { nextEvaluation, pointsOf, waitsForSamples } from './points.ts';
import { reasonData, reasonOf } from './reason.ts';
import { invoke, transition } from './transition.ts';

export interface Evaluator {
  /** Looks at one alarm now, and from now on at all of them each minute. */
  watch(name: string): void;
  start(): void;
  stop(): void;
}

/** Looks at every alarm once a minute, and sleeps where there is none. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html */
export function createEvaluator(cloudwatch: CloudWatch): Evaluator {
  const { alarms, region } = cloudwatch;
  let cancel: (() => void) | undefined;

  function sleep(): void {
    if (cancel ?? alarms.size === 0) return;
    cancel = region.clock.schedule(nextEvaluation(region.clock.now()), () => {
      cancel = undefined;
      for (const name of alarms.keys()) look(name);
      sleep();
    });
  }
  function look(name: string): void {
    try {
      evaluateAlarm(cloudwatch, name);
    } catch (error) {
      region.log(`cloudwatch: ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return {
    watch(name) {
      look(name);
      sleep();
    },
    start: sleep,
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
}

function evaluateAlarm(cloudwatch: CloudWatch, name: string): void {
  const alarm = cloudwatch.alarms.get(name);
  if (!alarm) return;
  const { configuration } = alarm;
  const verdict: Verdict = waitsForSamples(cloudwatch, configuration)
    ? { state: 'keep' }
    : evaluate(configuration, pointsOf(cloudwatch, configuration));
  if (verdict.state !== 'keep' && verdict.state !== alarm.state) {
    transition(cloudwatch, alarm, {
      state: verdict.state,
      reason: reasonOf(configuration, verdict),
      reasonData: reasonData(configuration, verdict, cloudwatch.now()),
    });
    return;
  }
  invoke(cloudwatch, alarm, 'scaling');
}
