import { afterEach, describe, expect, test } from 'vitest';
import { simulate, type Simulation } from '../simulation.ts';
import { healthy } from '../testing.ts';

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html (deregistration delay)
let simulation: Simulation;
afterEach(() => simulation.close());

const pace = 'aws';
const [one, other] = [healthy(1), healthy(2)];
const both = { pace, targets: [one, other] } as const;
/** The first one is deregistered; how long it drains is the region's to say. */
const draining = { pace, targets: [{ ...one, draining: true }, other] } as const;
const after = { pace, targets: [other] } as const;

describe('a target that is deregistered', () => {
  test('gets no new requests, whoever asks; what is in flight is finished', async () => {
    simulation = simulate(both);
    simulation.behave(1, 'holds');
    simulation.behave(2, 'holds');
    const client = simulation.client();
    const [first, second] = [client.request(), simulation.request()];
    await simulation.clock.advance(0);
    simulation.apply(draining);
    simulation.behave(2, 200);
    expect(await simulation.share(20)).toEqual({ 2: 20 });
    await simulation.clock.advance(10_000);
    simulation.release(1);
    simulation.release(2);
    const answers = await Promise.all([first, second]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.map(({ by }) => by).sort()).toEqual([1, 2]);
    // The client keeps its connection; its next request goes to the other one.
    expect(await client.request()).toEqual({ status: 200, by: 2 });
    expect(client.closed).toBe(false);
  });

  test('connections without a request are closed at once, one with a request after it', async () => {
    simulation = simulate({ pace, targets: [one] });
    await simulation.clock.advance(0);
    await Promise.all([simulation.request(), simulation.request()]);
    simulation.behave(1, 'holds');
    const last = simulation.request();
    await simulation.clock.advance(0);
    expect(simulation.connections(1)).toBe(2);
    simulation.apply(draining);
    await simulation.clock.advance(0);
    expect(simulation.connections(1)).toBe(1);
    simulation.release(1);
    expect((await last).by).toBe(1);
    await simulation.clock.advance(0);
    expect(simulation.connections(1)).toBe(0);
  });

  test('a request that is open at the end of the delay is answered with 502, and its connection closed', async () => {
    simulation = simulate({ pace, targets: [one] });
    simulation.behave(1, 'holds');
    const late = simulation.request();
    await simulation.clock.advance(0);
    simulation.apply(draining);
    await simulation.clock.advance(0);
    simulation.apply(after);
    expect(await late).toEqual({ status: 502, by: undefined });
    await simulation.clock.advance(0);
    expect(simulation.connections(1)).toBe(0);
  });

  test('a WebSocket goes on while it drains, and ends with the delay', async () => {
    simulation = simulate({ pace, targets: [one] });
    simulation.behave(1, 'upgrades');
    const client = simulation.client();
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    expect((await client.last).status).toBe(101);
    simulation.apply(draining);
    await simulation.clock.advance(30_000);
    expect(client.closed).toBe(false);
    simulation.apply(after);
    await simulation.clock.advance(0);
    expect(client.closed).toBe(true);
  });

  test('is not looked at any more; alone it leaves the group without targets', async () => {
    simulation = simulate({ ...draining, check: { intervalMilliseconds: 5000 } });
    await simulation.clock.advance(20_000);
    expect(simulation.looks(1)).toEqual([]);
    expect(simulation.looks(2)).toEqual([0, 5, 10, 15, 20]);
    simulation.apply({ pace, targets: draining.targets.slice(0, 1) });
    expect((await simulation.request()).status).toBe(503);
  });

  test('registered again, it begins anew', async () => {
    simulation = simulate({ ...draining, check: { intervalMilliseconds: 5000 } });
    simulation.behave(1, 500);
    const { known: _, ...unknown } = one;
    simulation.apply({ pace, targets: [{ ...unknown, registration: 2 }, other] });
    await simulation.clock.advance(0);
    expect(simulation.reports.map(({ port, state }) => `${port} ${state}`)).toEqual(['1 initial']);
    expect(await simulation.share(10)).toEqual({ 2: 10 });
  });
});
