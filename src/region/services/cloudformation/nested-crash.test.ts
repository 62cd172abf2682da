import { afterAll, expect, test } from 'vitest';
import { createWorld, Killed, type Instance, type World } from './testing/world.ts';

const worlds: World[] = [];
afterAll(async () => {
  for (const world of worlds) await world.close();
});

const url = 'https://templates.s3.eu-central-1.amazonaws.com/child.yaml';
const child = (days: number) =>
  `{Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.${days}.0.0/16}}, Logs: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: ${days}}}}, Outputs: {Vpc: {Value: !Ref Vpc}}}`;
const parent = (more = '') => ({
  StackName: 'jobs',
  TemplateBody: `
Resources:
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: '${url}'}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !GetAtt Child.Outputs.Vpc}}
${more}`,
});
const bad =
  '  Bad: {Type: AWS::EC2::Subnet, DependsOn: Group, Properties: {VpcId: !GetAtt Child.Outputs.Vpc, CidrBlock: 192.168.0.0/24}}';

/** A world with the child's template in its bucket. */
async function opened(): Promise<World> {
  const world = createWorld();
  worlds.push(world);
  const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
  await world.api.s3.CreateBucket({ Bucket: 'templates', CreateBucketConfiguration });
  await put(world, 7);
  return world;
}
async function put(world: World, days: number): Promise<void> {
  await world.api.s3.PutObject({ Bucket: 'templates', Key: 'child.yaml', Body: Buffer.from(child(days)) });
}
const create = (api: Instance['api']) => api.CreateStack(parent());

for (const [name, step, ending] of [
  ['update', (api: Instance['api']) => api.UpdateStack(parent()), 'UPDATE_COMPLETE'],
  ['update that fails', (api: Instance['api']) => api.UpdateStack(parent(bad)), 'UPDATE_ROLLBACK_COMPLETE'],
  ['delete', (api: Instance['api']) => api.DeleteStack({ StackName: 'jobs' }), 'DELETE_COMPLETE'],
] as const)
  test(`a ${name} of nested stacks killed anywhere is finished by the next process`, async () => {
    /** Kills the step at its n-th place, 0: nowhere. */
    const run = async (n: number) => {
      const world = await opened();
      const first = await world.open();
      await create(first.api);
      expect(await first.settled('jobs')).toBe('CREATE_COMPLETE');
      await first.stop();
      await put(world, 14);
      let place = 0;
      let where = '';
      const second = await world.open((at) => {
        if (++place !== n) return;
        where = at;
        throw new Killed(at);
      });
      await step(second.api).catch(() => undefined);
      await second.settled('jobs');
      await second.stop().catch(() => undefined);
      const third = await world.open();
      let status = await third.settled('jobs');
      // Killed before the operation was written down.
      if (status === 'CREATE_COMPLETE') {
        await step(third.api);
        status = await third.settled('jobs');
      }
      const census = world.census();
      await third.stop();
      return { where, status, census, places: place };
    };
    const quiet = await run(0);
    expect(quiet.status).toBe(ending);
    expect(quiet.places).toBeGreaterThan(40);
    const stride = Math.max(1, Math.floor(quiet.places / 30));
    for (let n = 1; n <= quiet.places; n += stride) {
      const { where, status, census } = await run(n);
      expect({ where, status, census }).toEqual({ where, status: ending, census: quiet.census });
    }
  });
