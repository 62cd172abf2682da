import { afterEach, expect, test } from 'vitest';
import { simulate, type Simulation } from './simulation.ts';
import { groupArn, healthy } from './testing.ts';
import { noBalancerCounts, noGroupCounts, takeCounts } from './traffic.ts';

let simulation: Simulation;
afterEach(() => simulation?.close());

test('what happened is told at most once a second, and nothing is told of nothing', async () => {
  simulation = simulate({ pace: 'aws', targets: [healthy(1)] });
  await simulation.clock.advance(10_000);
  expect(simulation.traffic).toEqual([]);
  await simulation.share(3);
  simulation.behave(1, 404);
  await simulation.share(2);
  await simulation.clock.advance(900);
  expect(simulation.traffic.length).toBeLessThan(2);
  await simulation.clock.advance(1100);
  expect(simulation.traffic).toHaveLength(1);
  expect(simulation.traffic[0]).toEqual({
    kind: 'traffic',
    balancer: noBalancerCounts(),
    groups: [
      {
        ...noGroupCounts(),
        targetGroupArn: groupArn,
        requests: 5,
        target2xx: 3,
        target4xx: 2,
        responses: 5,
        responseMilliseconds: expect.any(Number) as number,
      },
    ],
  });
  await simulation.clock.advance(10_000);
  expect(simulation.traffic).toHaveLength(1);
});

test('when time goes faster it is told of more often, so that no minute is without its requests', async () => {
  simulation = simulate({ pace: 'aws', targets: [healthy(1)] }, {}, 60);
  // Each of these seconds is a minute of the region.
  for (let minute = 0; minute < 3; minute++) {
    await simulation.share(2);
    await simulation.clock.advance(100);
    expect(simulation.traffic.flatMap(({ groups }) => groups.map(({ requests }) => requests))).toEqual(
      Array.from({ length: minute + 1 }, () => 2),
    );
    await simulation.clock.advance(900);
  }
});

test("the load balancer's own codes are counted apart from the targets'", async () => {
  simulation = simulate({ pace: 'aws', targets: [healthy(1)], check: { intervalMilliseconds: 300_000 } });
  await simulation.clock.advance(0);
  simulation.behave(1, 500);
  await simulation.share(1);
  simulation.behave(1, 'refuses');
  const refused = simulation.client();
  // The connection of the request before is kept.
  simulation.apply({ pace: 'aws', targets: [{ ...healthy(1), registration: 2 }] });
  expect((await refused.request()).status).toBe(502);
  simulation.apply({ pace: 'aws', targets: [] });
  await simulation.share(4);
  await simulation.clock.advance(2000);
  const [{ balancer, groups }] = simulation.traffic as [(typeof simulation.traffic)[number]];
  expect(balancer).toMatchObject({ elb5xx: 5, elb502: 1, elb503: 4, elb4xx: 0 });
  expect(groups).toMatchObject([{ requests: 2, target5xx: 1, responses: 1, connectionErrors: 1 }]);
});

test('460: the client leaves before there is an answer', async () => {
  simulation = simulate({ pace: 'aws', targets: [healthy(1)] });
  simulation.behave(1, 'holds');
  const client = simulation.client();
  void client.request();
  await simulation.clock.advance(0);
  client.hangUp();
  await simulation.clock.advance(2000);
  expect(simulation.traffic[0]?.balancer.elb4xx).toBe(1);
});

test('counts begin again when they are taken', () => {
  const counts = { ...noBalancerCounts(), elb4xx: 2 };
  expect(takeCounts(counts)).toEqual({ ...noBalancerCounts(), elb4xx: 2 });
  expect(takeCounts(counts)).toBeUndefined();
});
