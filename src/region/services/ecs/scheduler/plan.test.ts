import { array, assert, boolean, constantFrom, integer, nat, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { pickBalanced } from './pick-balanced.ts';
import { plan, type Observed, type Situation } from './plan.ts';

let next = 0;
const tasks = (count: number, condition: Observed['condition'] = 'healthy', carries = false): Observed[] =>
  Array.from({ length: count }, () => ({
    id: `t${next++}`,
    zone: next % 2 ? 'a' : 'b',
    condition,
    carries,
    isProtected: false,
    createdAt: next,
  }));
const situation = (more: Partial<Situation>): Situation => ({
  desired: 4,
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  primary: [],
  older: [],
  leaving: 0,
  primaryStarts: true,
  restores: true,
  ...more,
});
const moves = (more: Partial<Situation>) => {
  const { start, stop, restore, blocked } = plan(situation(more));
  return { start, stop: stop.length, restore, blocked };
};

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html */
test('the examples of the developer guide', () => {
  const still = { restore: 0, blocked: false };
  const half = { minimumHealthyPercent: 50, maximumPercent: 100 };
  expect(moves({ ...half, older: tasks(4) })).toEqual({ start: 0, stop: 2, ...still });
  expect(moves({ ...half, older: tasks(2), leaving: 2 })).toEqual({ start: 0, stop: 0, ...still });
  expect(moves({ ...half, older: tasks(2) })).toEqual({ start: 2, stop: 0, ...still });
  expect(moves({ older: tasks(4) })).toEqual({ start: 4, stop: 0, ...still });
  expect(moves({ older: tasks(4), primary: tasks(4, 'starting') })).toEqual({ start: 0, stop: 0, ...still });
  expect(moves({ older: tasks(4), primary: tasks(4) })).toEqual({ start: 0, stop: 4, ...still });
  const tight = { desired: 3, maximumPercent: 125, older: tasks(3) };
  expect(moves(tight)).toEqual({ start: 0, stop: 0, restore: 0, blocked: true });
  expect(moves({ desired: 1, minimumHealthyPercent: 0, maximumPercent: 100, older: tasks(1) })).toEqual({
    start: 0,
    stop: 1,
    ...still,
  });
});

test('a lost task of the old deployment is replaced from its own revision while the new one is not there', () => {
  expect(moves({ older: tasks(3, 'healthy', true), primary: tasks(4, 'starting') })).toMatchObject({
    restore: 1,
    start: 0,
  });
  const coming = [...tasks(3, 'healthy', true), ...tasks(1, 'starting', true)];
  expect(moves({ older: coming, primary: tasks(4, 'starting') })).toMatchObject({ restore: 0, stop: 0 });
});

test('a failed deployment starts nothing more and its predecessor stays', () => {
  expect(moves({ older: tasks(4), primary: tasks(1), primaryStarts: false })).toMatchObject({
    start: 0,
    stop: 0,
  });
});

test('scale-in keeps the zones balanced', () => {
  const spread = ['a', 'a', 'a', 'b'].map((zone, index): Observed => ({
    ...tasks(1)[0]!,
    zone,
    createdAt: index,
  }));
  expect(pickBalanced(spread, 2).map(({ zone }) => zone)).toEqual(['a', 'a']);
});

const condition = constantFrom('starting' as const, 'healthy' as const, 'unhealthy' as const);
const some = array(
  record({ condition, carries: boolean(), isProtected: boolean(), zone: constantFrom('a', 'b', 'c') }),
  {
    maxLength: 8,
  },
);

test('no plan goes below the minimum of what was healthy, nor above the maximum', () => {
  assert(
    property(
      some,
      some,
      nat(8),
      nat(100),
      integer({ min: 100, max: 300 }),
      nat(3),
      boolean(),
      boolean(),
      (primary, older, desired, minimum, maximum, leaving, primaryStarts, restores) => {
        const named = (list: typeof primary, prefix: string) =>
          list.map((task, index): Observed => ({ ...task, id: `${prefix}${index}`, createdAt: index }));
        const given = situation({
          desired,
          minimumHealthyPercent: minimum,
          maximumPercent: maximum,
          primary: named(primary, 'p'),
          older: named(older, 'o'),
          leaving,
          primaryStarts,
          restores,
        });
        const { start, restore, stop } = plan(given);
        const all = [...given.primary, ...given.older];
        const gone = new Set(stop.map(({ id }) => id));
        expect(gone.size).toBe(stop.length);
        const healthy = all.filter((task) => task.condition === 'healthy');
        const left = healthy.filter(({ id }) => !gone.has(id)).length;
        expect(left).toBeGreaterThanOrEqual(Math.min(healthy.length, Math.ceil((desired * minimum) / 100)));
        if (start + restore > 0)
          expect(all.length + leaving + start + restore).toBeLessThanOrEqual(
            Math.floor((desired * maximum) / 100),
          );
      },
    ),
  );
});

test('a new service takes all of its room; its own lost tasks are not those of a deployment before', () => {
  expect(moves({ desired: 3, minimumHealthyPercent: 75, maximumPercent: 125, restores: false })).toEqual({
    start: 3,
    stop: 0,
    restore: 0,
    blocked: false,
  });
});
