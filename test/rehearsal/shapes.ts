import fc from 'fast-check';
import { SERVICES, type ServiceShape, type Shape } from './shape.ts';

/** Images that come up. */
export const good = ['good:1', 'good:2', 'good:3'] as const;
/** Images that never do where something looks at them. */
export const bad = ['crash:1', 'sick:1', 'broken:1', 'missing:1'] as const;

/** Images that run and do nothing. */
const unwell: ReadonlySet<string> = new Set(['sick:1', 'broken:1']);

const percentages: readonly (readonly [number, number])[] = [
  [100, 200],
  [50, 100],
  [50, 200],
  [0, 100],
  [100, 150],
];

function service(name: string, images: readonly string[]): fc.Arbitrary<ServiceShape> {
  return (
    fc
      .record({
        name: fc.constant(name),
        image: fc.constantFrom(...images),
        count: fc.integer({ min: 1, max: 4 }),
        percent: fc.constantFrom(...percentages),
        rollback: fc.boolean(),
        balanced: fc.boolean(),
        checked: fc.boolean(),
        discovered: fc.boolean(),
      })
      // With no room between the two, nothing could be started beside the others, nor stopped before.
      .filter(
        ({ percent: [minimum, maximum], count }) =>
          Math.floor((count * maximum) / 100) > Math.ceil((count * minimum) / 100),
      )
      .map(({ percent: [minimum, maximum], ...rest }) => ({
        ...rest,
        // Where nothing looks at it, a program that runs is as good as any.
        checked: rest.checked || unwell.has(rest.image),
        minimum,
        maximum,
      }))
  );
}

/** One to three services, named so that two shapes share some of them. */
export function shapes(images: readonly string[] = good): fc.Arbitrary<Shape> {
  return fc.record({
    groupDescription: fc.constantFrom('one', 'two'),
    services: fc
      .subarray(SERVICES, { minLength: 1 })
      .chain((names) => fc.tuple(...names.map((name) => service(name, images)))),
    logs: fc.array(fc.constantFrom(1, 7, 30), { maxLength: 3 }),
    tagged: fc.constantFrom('a', 'b'),
  });
}
