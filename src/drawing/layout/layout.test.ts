import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { renderSvg } from '../render/svg.ts';
import { pictureFrom, type Plan, SIXTY } from '../testing/pictures.ts';
import { layOut } from './layout.ts';
import type { Box, Drawing, Point } from './model.ts';
import { asideOf, headerOf } from './place.ts';

const plans: fc.Arbitrary<Plan> = fc
  .record({ zones: fc.integer({ min: 1, max: 3 }), services: fc.integer({ min: 1, max: 11 }) })
  .chain(({ zones, services }) => {
    const one = fc.integer({ min: 0, max: services - 1 });
    const call = fc.record({
      from: one,
      to: one,
      verdict: fc.constantFrom('proven' as const, 'blocked' as const, 'unclear' as const),
    });
    return fc.array(call, { maxLength: services + 4 }).map((calls) => ({ zones, services, calls }));
  });

const crosses = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const spanOf = (a: Point, b: Point): Box => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x) || 0.1,
  height: Math.abs(a.y - b.y) || 0.1,
});
const spansOf = ({ strokes }: Drawing['wires'][number]): Box[] =>
  strokes.flatMap((points) => points.slice(1).map((point, index) => spanOf(points[index]!, point)));

function faultsOf(drawing: Drawing, flows: number): string[] {
  const { nodes, frames, wires } = drawing;
  const texts = frames.flatMap((frame) => [
    ...(frame.label === '' ? [] : [headerOf(frame)]),
    ...(frame.aside === '' ? [] : [asideOf(frame)]),
  ]);
  const labels = wires.flatMap((wire) => wire.labels);
  const faults: string[] = [];
  const apart = (kind: string, boxes: readonly Box[], others: readonly Box[]) => {
    for (const [index, box] of boxes.entries())
      for (const other of boxes === others ? boxes.slice(index + 1) : others)
        if (crosses(box, other)) faults.push(`${kind}: ${JSON.stringify([box, other])}`);
  };
  apart('things overlap', nodes, nodes);
  apart('a thing covers a text', nodes, texts);
  apart('a label covers a thing', labels, nodes);
  apart('a label covers a text', labels, texts);
  apart('labels overlap', labels, labels);
  for (const wire of wires) {
    apart('a line crosses a thing', spansOf(wire), nodes);
    apart('a line crosses a text', spansOf(wire), texts);
  }
  const parallel = (span: Box) => (span.width > span.height ? 'across' : 'down');
  for (const [index, wire] of wires.entries())
    for (const other of wires.slice(index + 1))
      for (const a of spansOf(wire))
        for (const b of spansOf(other))
          if (parallel(a) === parallel(b) && crosses(a, b))
            faults.push(`lines on top of each other: ${JSON.stringify([a, b])}`);
  const boxes = new Map(frames.map((frame) => [frame.id, frame]));
  for (const { parent, x, y, width, height, item } of nodes) {
    const home = parent === undefined ? undefined : boxes.get(parent);
    const isBorder = item.kind === 'internet-gateway';
    if (
      home &&
      !isBorder &&
      (x < home.x || y < home.y || x + width > home.x + home.width || y + height > home.y + home.height)
    )
      faults.push(`${item.id} is not within ${parent}`);
  }
  const routed = wires.reduce((sum, wire) => sum + wire.routes.length, 0);
  if (routed !== flows) faults.push(`${routed} of ${flows} flows are drawn`);
  for (const { check, labels: own } of wires)
    if (check && own.length === 0) faults.push(`no label for ${check}`);
  return faults;
}

const distinctFlows = ({ flows }: ReturnType<typeof pictureFrom>): number =>
  new Set(flows.map(({ from, to, verdict }) => `${from} ${to} ${verdict}`)).size;

it('no line crosses a thing, a text or runs on another line, and nothing covers anything', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const picture = pictureFrom(unique(plan));
      expect(faultsOf(layOut(picture), distinctFlows(picture))).toEqual([]);
    }),
    { numRuns: 30, seed: 7 },
  );
});

it('the same picture is laid out the same way', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const picture = pictureFrom(unique(plan));
      expect(renderSvg(layOut(picture))).toBe(renderSvg(layOut(picture)));
    }),
    { numRuns: 3, seed: 7 },
  );
});

it('sixty services stay legible', async () => {
  const picture = pictureFrom(unique(SIXTY));
  const drawing = layOut(picture);
  expect(faultsOf(drawing, distinctFlows(picture))).toEqual([]);
  const file = fileURLToPath(new URL('../golden/sixty.svg', import.meta.url));
  await expect(renderSvg(drawing)).toMatchFileSnapshot(file);
});

/** One verdict for each pair. */
const unique = (plan: Plan): Plan => ({
  ...plan,
  calls: [...new Map(plan.calls.map((call) => [`${call.from} ${call.to}`, call])).values()],
});
