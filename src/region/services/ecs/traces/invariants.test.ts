import { array, assert, asyncProperty, boolean, constantFrom, integer, pre, record } from 'fast-check';
import { expect, test } from 'vitest';
import type { TaskRecord } from '../state.ts';
import { rehearse, type Behaviour } from './trace.ts';

const step = record({
  behaviour: constantFrom<Behaviour>('runs', 'runs', 'crashes', 'missing', 'sick', 'stubborn'),
  desired: integer({ min: 0, max: 5 }),
  /** How long the deployment has before the next one. */
  seconds: constantFrom(0, 5, 35, 60, 200),
});
const bounds = constantFrom(
  { minimum: 100, maximum: 200 },
  { minimum: 50, maximum: 200 },
  { minimum: 50, maximum: 100 },
  { minimum: 0, maximum: 100 },
  { minimum: 75, maximum: 150 },
);
/** Else a deployment is blocked for as long as the tasks before it stay. */
const canMove = (desired: number, { minimum, maximum }: { minimum: number; maximum: number }): boolean =>
  Math.floor((desired * maximum) / 100) > desired || Math.ceil((desired * minimum) / 100) < desired;
const life = array(step, { minLength: 1, maxLength: 4 });
const checkSeconds = 10;

/** Plays a life, and holds each moment of it to the bounds. */
async function play(
  steps: readonly { behaviour: Behaviour; desired: number; seconds: number }[],
  { minimum, maximum }: { minimum: number; maximum: number },
  checked: boolean,
  rollback: boolean,
) {
  const it = await rehearse({
    desired: 2,
    minimum,
    maximum,
    breaker: { enable: true, rollback },
    ...(checked ? { checkedEvery: checkSeconds } : {}),
  });
  const table = it.store.table<TaskRecord>('ecs/tasks');
  const isHealthy = ({ lastStatus, desiredStatus, startedAt, containers }: TaskRecord): boolean =>
    desiredStatus === 'RUNNING' &&
    lastStatus === 'RUNNING' &&
    (checked
      ? containers.every(({ healthStatus }) => healthStatus === 'HEALTHY')
      : it.clock.now() - (startedAt?.getTime() ?? Infinity) >= 40_000);
  let before: readonly TaskRecord[] = [];
  let desiredBefore = 2;
  async function hold(): Promise<void> {
    const now = [...table.values()];
    const { desiredCount = 0 } = await it.service();
    const wasHealthy = before.filter(isHealthy).map(({ id }) => id);
    const lost = wasHealthy.filter((id) => table.get(id)?.stopCode === 'ServiceSchedulerInitiated');
    const left = now.filter(isHealthy).length;
    const lower = Math.ceil((Math.min(desiredCount, desiredBefore) * minimum) / 100);
    if (lost.length > 0) expect(left).toBeGreaterThanOrEqual(Math.min(lower, wasHealthy.length));
    const known = new Set(before.map(({ id }) => id));
    const made = now.filter(({ id }) => !known.has(id));
    const there = now.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
    if (made.length > 0)
      expect(there.length).toBeLessThanOrEqual(
        Math.floor((Math.max(desiredCount, desiredBefore) * maximum) / 100),
      );
    before = now;
    desiredBefore = desiredCount;
  }
  await it.pass(60, hold);
  for (const [index, { behaviour, desired, seconds }] of steps.entries()) {
    it.program(`api:${index + 2}`, behaviour);
    await it.update({ desiredCount: desired });
    await it.deploy(`api:${index + 2}`);
    await it.pass(seconds, hold);
  }
  await it.pass(3600, hold);
  const { deployments = [], desiredCount, runningCount } = await it.service();
  const images = (await it.tasks()).map(({ containers }) => containers?.[0]?.image);
  return { deployments, desiredCount, runningCount, images, timeline: it.timeline() };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
test(
  'whatever is deployed and scaled: the bounds hold, and a program that runs gets there',
  { timeout: 120_000 },
  async () => {
    await assert(
      asyncProperty(
        life,
        integer({ min: 1, max: 5 }),
        bounds,
        boolean(),
        boolean(),
        async (steps, desired, limits, checked, rollback) => {
          pre(canMove(desired, limits));
          const good = { behaviour: 'runs' as const, desired, seconds: 0 };
          const { deployments, runningCount, images } = await play(
            [...steps, good],
            limits,
            checked,
            rollback,
          );
          expect(deployments).toMatchObject([{ rolloutState: 'COMPLETED', status: 'PRIMARY' }]);
          expect(runningCount).toBe(desired);
          expect(new Set(images)).toEqual(new Set([`api:${steps.length + 2}`]));
        },
      ),
      { numRuns: 40 },
    );
  },
);

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
test(
  'whatever came before: a program that does not run ends by the breaker',
  { timeout: 120_000 },
  async () => {
    const broken = constantFrom<Behaviour>('crashes', 'missing', 'sick');
    await assert(
      asyncProperty(
        life,
        broken,
        integer({ min: 1, max: 5 }),
        bounds,
        boolean(),
        async (steps, behaviour, desired, limits, rollback) => {
          pre(canMove(desired, limits));
          const last = { behaviour, desired, seconds: 0 };
          const { deployments, images } = await play([...steps, last], limits, true, rollback);
          const [primary] = deployments;
          const bad = `api:${steps.length + 2}`;
          const rolledBack = primary?.rolloutState === 'COMPLETED';
          if (rolledBack) {
            expect(rollback).toBe(true);
            expect(images).toHaveLength(desired);
            expect(images).not.toContain(bad);
          } else expect(primary).toMatchObject({ rolloutState: 'FAILED', status: 'PRIMARY' });
        },
      ),
      { numRuns: 40 },
    );
  },
);
