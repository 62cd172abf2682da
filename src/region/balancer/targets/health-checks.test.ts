import { afterEach, describe, expect, test } from 'vitest';
import type { Config } from '../testing.ts';
import { simulate, type Behaviour, type Simulation } from '../simulation.ts';
import type { TargetConfig } from '../protocol.ts';

let simulation: Simulation;
afterEach(() => simulation.close());

const target: TargetConfig = { address: '127.0.0.1', port: 1, draining: false };
const aws = {
  pace: 'aws',
  targets: [target],
  check: {
    intervalMilliseconds: 30_000,
    timeoutMilliseconds: 5000,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
  },
} as const;

/** What the target does from which second on, and what is said of it when. */
async function trace(
  config: Config,
  first: Behaviour,
  ...acts: readonly [second: number, act: () => void][]
): Promise<string[]> {
  simulation = simulate(config, { 1: first });
  await simulation.clock.advance(0);
  const lines: string[] = [];
  const tell = () => {
    for (const { state, reason, description } of simulation.reports.slice(lines.length))
      lines.push(`${simulation.seconds()} s: ${[state, reason, description].filter(Boolean).join(' ')}`);
  };
  tell();
  for (const [second, act] of acts) {
    while (simulation.seconds() < second) {
      await simulation.clock.advance(1000);
      tell();
    }
    act();
  }
  return lines;
}
const nothing = () => {};

describe("AWS's pace", () => {
  test('a target is looked at when it is registered, then on the interval alone, and is healthy after one success', async () => {
    expect(await trace(aws, 'refuses', [20, () => simulation.behave(1, 200)], [100, nothing])).toEqual([
      '0 s: initial Elb.InitialHealthChecking Initial health checks in progress',
      '30 s: healthy',
    ]);
    expect(simulation.looks(1)).toEqual([30, 60, 90]);
  });

  test('two failures in a row take it out, five successes in a row bring it back', async () => {
    expect(
      await trace(
        aws,
        200,
        [1, () => simulation.behave(1, 404)],
        [35, () => simulation.behave(1, 200)],
        [65, () => simulation.behave(1, 503)],
        [95, nothing],
        [125, () => simulation.behave(1, 200)],
        [215, () => simulation.behave(1, 500)],
        [245, () => simulation.behave(1, 200)],
        [400, nothing],
      ),
    ).toMatchInlineSnapshot(`
      [
        "0 s: initial Elb.InitialHealthChecking Initial health checks in progress",
        "0 s: healthy",
        "120 s: unhealthy Target.ResponseCodeMismatch Health checks failed with these codes: [503]",
        "240 s: unhealthy Target.ResponseCodeMismatch Health checks failed with these codes: [500]",
        "390 s: healthy",
      ]
    `);
  });

  test('reasons in the words of AWS: no answer, another code, no connection', async () => {
    expect(
      await trace(
        aws,
        'holds',
        [65, () => simulation.behave(1, 302)],
        [95, () => simulation.behave(1, 'refuses')],
        [125, () => simulation.behave(1, { says: 'SSH-2.0\r\n\r\n' })],
        [155, () => simulation.behave(1, 'silent')],
        [200, nothing],
      ),
    ).toMatchInlineSnapshot(`
      [
        "0 s: initial Elb.InitialHealthChecking Initial health checks in progress",
        "35 s: unhealthy Target.Timeout Request timed out",
        "90 s: unhealthy Target.ResponseCodeMismatch Health checks failed with these codes: [302]",
        "120 s: unhealthy Target.FailedHealthChecks Health checks failed",
        "185 s: unhealthy Target.Timeout Request timed out",
      ]
    `);
  });

  test('codes of the matcher are successes', async () => {
    const check = { ...aws.check, matcher: '200,300-302' };
    expect(await trace({ ...aws, check }, 302, [3, nothing])).toContain('0 s: healthy');
  });

  test('a slow answer does not put off the next look', async () => {
    await trace(aws, 'holds', [95, nothing]);
    expect(simulation.looks(1)).toEqual([0, 30, 60, 90]);
  });
});

test('eager: looks in between find a success sooner, and no failure', async () => {
  expect(
    await trace({ ...aws, pace: 'eager' }, 'refuses', [5, () => simulation.behave(1, 200)], [40, nothing]),
  ).toMatchInlineSnapshot(`
    [
      "0 s: initial Elb.InitialHealthChecking Initial health checks in progress",
      "8 s: healthy",
    ]
  `);
});
