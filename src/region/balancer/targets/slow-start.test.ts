import { afterEach, describe, expect, test } from 'vitest';
import { simulate, type Simulation } from '../simulation.ts';
import { healthy } from '../testing.ts';
import type { TargetConfig } from '../protocol.ts';

let simulation: Simulation;
afterEach(() => simulation.close());

const settings = {
  pace: 'aws',
  slowStartMilliseconds: 30_000,
  check: { intervalMilliseconds: 10_000 },
} as const;
const fresh = (port: number, registration: number): TargetConfig => ({
  address: '127.0.0.1',
  port,
  draining: false,
  registration,
});
/** Of 60 requests, those that each target gets, at these seconds. */
async function shares(...times: readonly number[]): Promise<string[]> {
  const lines: string[] = [];
  for (const time of times) {
    await simulation.clock.advance(time * 1000 - simulation.seconds() * 1000);
    lines.push(`${time} s: ${JSON.stringify(await simulation.share(60)).replaceAll('"', '')}`);
  }
  return lines;
}

describe('slow start', () => {
  test('the share of a target that becomes healthy rises linearly until the duration is over', async () => {
    simulation = simulate({ ...settings, targets: [healthy(1)] });
    await simulation.clock.advance(0);
    simulation.apply({ ...settings, targets: [healthy(1), fresh(2, 1)] });
    expect(await shares(0, 3, 6, 15, 24, 30, 40)).toMatchInlineSnapshot(`
      [
        "0 s: {1:60}",
        "3 s: {1:55,2:5}",
        "6 s: {1:50,2:10}",
        "15 s: {1:40,2:20}",
        "24 s: {1:33,2:27}",
        "30 s: {1:30,2:30}",
        "40 s: {1:30,2:30}",
      ]
    `);
  });

  test('two at once share what they may have; one that comes first does not wait', async () => {
    simulation = simulate({ ...settings, targets: [fresh(1, 1)] });
    expect(await shares(0)).toMatchInlineSnapshot(`
      [
        "0 s: {1:60}",
      ]
    `);
    simulation.apply({ ...settings, targets: [fresh(1, 1), fresh(2, 2), fresh(3, 2)] });
    expect(await shares(15, 31)).toMatchInlineSnapshot(`
      [
        "15 s: {1:30,2:15,3:15}",
        "31 s: {1:20,2:20,3:20}",
      ]
    `);
  });

  test('targets registered together into an empty group do not start slowly', async () => {
    simulation = simulate({ ...settings, targets: [] });
    simulation.behave(2, 500);
    simulation.apply({ ...settings, targets: [fresh(1, 1), fresh(2, 1)] });
    expect(await shares(1)).toEqual(['1 s: {1:60}']);
    simulation.behave(2, 200);
    expect(await shares(12)).toEqual(['12 s: {1:30,2:30}']);
  });

  test('it ends when the target becomes unhealthy, and begins anew when it is healthy again', async () => {
    simulation = simulate({ ...settings, targets: [healthy(1), fresh(2, 1)] });
    expect(await shares(15)).toEqual(['15 s: {1:40,2:20}']);
    simulation.behave(2, 500);
    expect(await shares(35)).toEqual(['35 s: {1:60}']);
    simulation.behave(2, 200);
    // Two successes, at 40 and 50 s.
    expect(await shares(50, 65, 80)).toEqual(['50 s: {1:60}', '65 s: {1:40,2:20}', '80 s: {1:30,2:30}']);
  });

  test('targets that are healthy when it is switched on keep their share', async () => {
    const { slowStartMilliseconds: _, ...without } = settings;
    simulation = simulate({ ...without, targets: [healthy(1), healthy(2)] });
    await simulation.clock.advance(0);
    simulation.apply({ ...settings, targets: [healthy(1), healthy(2)] });
    expect(await shares(1)).toEqual(['1 s: {1:30,2:30}']);
  });
});
