import { afterEach, describe, expect, test } from 'vitest';
import { simulate, type Behaviour, type Simulation } from '../simulation.ts';
import { healthy } from '../testing.ts';

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
let simulation: Simulation;
afterEach(() => simulation.close());

/** The code, and after how many seconds it comes. */
async function answer(behaviour: Behaviour, patience = 100, method = 'GET'): Promise<string> {
  simulation = simulate({ pace: 'aws', targets: [healthy(1)], settings: { idleTimeoutSeconds: 60 } });
  await simulation.clock.advance(0);
  simulation.behave(1, behaviour);
  const heard = { said: 'nothing' };
  void simulation
    .request(method)
    .then(({ status }) => (heard.said = `${status} after ${simulation.seconds()} s`));
  for (let second = 0; second < patience && heard.said === 'nothing'; second++)
    await simulation.clock.advance(1000);
  return heard.said;
}
const head = (fields: string) => `HTTP/1.1 200 OK\r\n${fields}\r\n\r\n`;

describe('codes that the load balancer makes itself', () => {
  test.each<[string, Behaviour, string]>([
    ['502: a reset on connect', 'refuses', '502 after 0 s'],
    ['502: unreachable', 'unreachable', '502 after 0 s'],
    ['502: a reset with a request outstanding', 'resets', '502 after 0 s'],
    ['502: closed with a request outstanding', { says: '' }, '502 after 0 s'],
    ['502: not a response', { says: 'hello\r\n\r\n' }, '502 after 0 s'],
    ['502: a malformed field', { says: head('a field') }, '502 after 0 s'],
    ['502: fields of more than 32 KB', { says: head(`X: ${'x'.repeat(33_000)}`) }, '502 after 0 s'],
    ['504: no connection within 10 seconds', 'silent', '504 after 10 s'],
    ['504: no answer within the idle timeout', 'holds', '504 after 60 s'],
    ["the target's own are passed on", 500, '500 after 0 s'],
  ])('%s', async (_, behaviour, expected) => {
    expect(await answer(behaviour)).toBe(expected);
  });

  test('503: no target is registered', async () => {
    simulation = simulate({ targets: [] });
    expect(await simulation.request()).toEqual({ status: 503, by: undefined });
  });

  test('408: a client that stops in the middle of a request; one that asks nothing is cut off', async () => {
    simulation = simulate({ targets: [healthy(1)], settings: { idleTimeoutSeconds: 5 } }, { 1: 'holds' });
    const [idle, slow] = [simulation.client(), simulation.client()];
    slow.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na');
    await simulation.clock.advance(4000);
    expect([idle.closed, slow.closed]).toEqual([false, false]);
    await simulation.clock.advance(4000);
    expect([idle.closed, slow.closed]).toEqual([true, true]);
    expect(await slow.last).toEqual({ status: 408, by: undefined });
  });
});

describe('a kept connection that the target ends as a request comes', () => {
  /** Two requests over one kept connection to a target that ends it on the second one, and would serve a third. */
  const second = async (pace: 'aws' | 'eager', method: string) => {
    simulation = simulate({ pace, targets: [healthy(1)], check: { intervalMilliseconds: 300_000 } });
    await simulation.clock.advance(0);
    expect((await simulation.request(method)).status).toBe(200);
    simulation.behave(1, 'resets once');
    return (await simulation.request(method)).status;
  };
  test("AWS's pace: 502, whatever the method is: nothing is sent twice", async () => {
    expect([await second('aws', 'GET'), await second('aws', 'POST')]).toEqual([502, 502]);
  });
  test('eager: what may be sent twice is', async () => {
    expect([await second('eager', 'GET'), await second('eager', 'POST')]).toEqual([200, 502]);
  });
});
