import { afterAll, expect, test } from 'vitest';
import { deployment } from './testing/templates.ts';
import {
  createWorld,
  Killed,
  type Fault,
  type Instance,
  type Snapshot,
  type World,
} from './testing/world.ts';

const worlds: World[] = [];
afterAll(async () => {
  for (const world of worlds) await world.close();
});

const template = { StackName: 'jobs', Capabilities: ['CAPABILITY_IAM' as const] };
const image = (name: string) => deployment(name, ['web', 'api']);
const create = (api: Instance['api']) => api.CreateStack({ ...template, TemplateBody: image('nginx:1') });
const remove = (api: Instance['api']) => api.DeleteStack({ StackName: 'jobs' });

/** Task definitions replaced, services updated, a group's rules changed, a route moved, one service gone and another new. */
function changed(): string {
  const after = JSON.parse(deployment('nginx:2', ['web', 'worker'])) as {
    Resources: Record<string, { Properties: Record<string, unknown> }>;
  };
  after.Resources['AlbGroup']!.Properties['SecurityGroupIngress'] = [
    { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' },
  ];
  after.Resources['PrivateAssociation2']!.Properties['RouteTableId'] = { Ref: 'PublicTable' };
  after.Resources['WebLogs']!.Properties['RetentionInDays'] = 14;
  after.Resources['Targets']!.Properties['HealthCheckPath'] = '/health';
  after.Resources['Vpc']!.Properties['Tags'] = [{ Key: 'Name', Value: 'other' }];
  return JSON.stringify(after);
}
/** A change whose new services never get steady: it is undone. */
const fails = 'nginx:broken';
const failing = (api: Instance['api']) =>
  api.UpdateStack({ ...template, TemplateBody: changed().replaceAll('nginx:2', fails) });
const failingCreate = (api: Instance['api']) => api.CreateStack({ ...template, TemplateBody: image(fails) });
const update = (api: Instance['api']) => api.UpdateStack({ ...template, TemplateBody: changed() });

type Step = (api: Instance['api']) => Promise<unknown>;

/** A world in which what a snapshot has has been. */
function opened(snapshot?: Snapshot): World {
  const world = createWorld(undefined, snapshot);
  worlds.push(world);
  world.knobs.rollout = (image) => (image.includes('broken') ? 'FAILED' : 'COMPLETED');
  return world;
}

/** A world in which `before` has been done. */
async function prepared(before: readonly Step[]): Promise<World> {
  const world = opened();
  const instance = await world.open();
  for (const step of before) {
    await step(instance.api);
    await instance.settled('jobs');
  }
  await instance.stop();
  return world;
}

/** How a step ends when nothing disturbs it, and how many places there are at which it can be killed. */
async function undisturbed(world: World, step: Step) {
  let places = 0;
  const instance = await world.open(() => void places++);
  await step(instance.api);
  const status = await instance.settled('jobs');
  await instance.stop();
  return { status, census: world.census(), places };
}

/** Kills the step at its n-th place, opens what is left, and tells how that ends. */
async function killedAt(world: World, step: Step, n: number) {
  let place = 0;
  let where = '';
  const fault: Fault = (at) => {
    if (++place !== n) return;
    where = at;
    throw new Killed(at);
  };
  const first = await world.open(fault);
  await step(first.api).catch(() => undefined);
  await first.settled('jobs');
  await first.stop().catch(() => undefined);
  const second = await world.open();
  const status = await second.settled('jobs');
  return { where, status, census: world.census(), second };
}

/** Odd steps through all places, so that each run of the suite sees many of them and the same ones each time. */
function sample(places: number, count: number): number[] {
  const stride = Math.max(1, Math.floor(places / count));
  return Array.from({ length: Math.ceil(places / stride) }, (_, index) => 1 + index * stride);
}
const count = Number(process.env['FAIRWAY_CRASH_POINTS'] ?? 25);

for (const [name, before, step] of [
  ['create', [], create],
  ['update', [create], update],
  ['delete', [create], remove],
  ['create that fails', [], failingCreate],
  ['update that fails', [create], failing],
] as const)
  test(`a ${name} killed anywhere is finished by the next process, with nothing orphaned and nothing made twice`, async () => {
    const quiet = await prepared(before);
    const untouched = quiet.census();
    const snapshot = quiet.snapshot();
    const { places, status, census } = await undisturbed(quiet, step);
    // A failure leaves everything as it was.
    if (name.endsWith('that fails')) {
      expect(status).toBe(before.length === 0 ? 'ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE');
      expect(census).toEqual(untouched);
    }
    expect(places).toBeGreaterThan(100);
    for (const n of sample(places, count)) {
      const world = opened(snapshot);
      const start = world.census();
      const outcome = await killedAt(world, step, n);
      // Killed before the operation was written down: the call has not returned, and nothing has begun.
      if (outcome.status !== status) {
        expect(world.census(), outcome.where).toEqual(start);
        await step(outcome.second.api);
        outcome.status = await outcome.second.settled('jobs');
        outcome.census = world.census();
      }
      expect({ ...outcome, second: undefined }).toEqual({
        where: outcome.where,
        status,
        census,
        second: undefined,
      });
      await world.close();
    }
  });
