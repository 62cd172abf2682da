import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHome, users, type Home, type User } from '../support/fairway.ts';
import { makeUserWithRanges, noRanges, removeUserWithRanges, userWithRanges } from '../support/ranges.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { pushUnmodifiedImages, type UnmodifiedImage } from '../support/unmodified-images.ts';

let registry: TestRegistry;
let images: readonly UnmodifiedImage[];

// The first time a Debian root is made for it, by debootstrap and apt-get.
beforeAll(async () => {
  registry = await startRegistry();
  images = await pushUnmodifiedImages(registry);
}, 1_200_000);
afterAll(() => registry?.stop());

// A run of the real thing by each: what owners images have, and may give their files to, depends on who runs them.
describe.each(users)('images of a registry, as $name', starts);

describe.skipIf(noRanges !== undefined).each([userWithRanges])('images of a registry, as $name', (user) => {
  beforeAll(makeUserWithRanges);
  afterAll(removeUserWithRanges);
  starts(user);
});

function starts(user: User): void {
  let home: Home;
  let project: string;
  // A store of its own: what it prunes belongs to nobody else.
  let env: Record<string, string>;
  beforeAll(() => {
    home = createHome(user);
    env = { XDG_CACHE_HOME: home.folder('cache') };
    project = home.folder('unmodified');
    writeFileSync(join(project, 'compose.yaml'), compose(registry.host, images));
  });
  afterAll(() => home?.dispose());

  test('ten start as they are, and answer', async () => {
    const { code, stderr } = await home.run(['-f', project, 'up'], { env });
    expect(code, stderr).toBe(0);
    const { services } = await home.status(project);
    expect(services.map(({ name, healthy }) => [name, healthy]).sort()).toEqual(
      images.map(({ name }) => [name, 1]).sort(),
    );
  }, 600_000);

  test('are listed with who uses them, and stay while something does', async () => {
    const { stdout } = await home.run(['images', '--json'], { env });
    const listed = JSON.parse(stdout) as {
      reference: string;
      digest: string;
      size: number;
      usedBy: string[];
    }[];
    for (const { name } of images) {
      const found = listed.find(({ reference }) => reference === `${registry.host}/made/${name}:1`);
      expect(found, name).toMatchObject({ usedBy: [`unmodified/${name}`] });
      expect(found!.size).toBeGreaterThan(1_000_000);
    }
    expect((await home.run(['images', '--prune', '--all', '--force'], { env })).code).toBe(0);
    const after = JSON.parse((await home.run(['images', '--json'], { env })).stdout) as {
      reference: string;
    }[];
    for (const { name } of images)
      expect(after.map(({ reference }) => reference)).toContain(`${registry.host}/made/${name}:1`);
    expect(
      (await home.run(['-f', project, 'exec', 'redis', '--', 'redis-cli', 'ping'], { env })).stdout,
    ).toContain('PONG');
  }, 120_000);

  test('are gone with --prune --all once the project is down', async () => {
    expect((await home.run(['-f', project, 'down', '--volumes'], { env })).code).toBe(0);
    const { stdout } = await home.run(['images', '--prune', '--all', '--force'], { env });
    expect(stdout).toMatch(/freed \d+(\.\d)? (MB|GB)/);
    const listed = JSON.parse((await home.run(['images', '--json'], { env })).stdout) as {
      reference: string;
    }[];
    expect(listed.filter(({ reference }) => reference.startsWith(registry.host))).toEqual([]);
  }, 120_000);

  test('of other machines, and those that are not there, are refused with the reason', async () => {
    const { code, stderr } = await home.run(['images', 'pull', `${registry.host}/made/nothing:1`], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/CannotPullContainerError: .*made\/nothing:1: not found/);
    const foreign = await home.run(['images', 'pull', `${registry.host}/made/foreign:1`], { env });
    expect(foreign.code).toBe(1);
    expect(foreign.stderr).toMatch(/made\/foreign:1 is for linux\/s390x .*exec format error/);
  }, 60_000);
}

function compose(host: string, images: readonly UnmodifiedImage[]): string {
  const services = Object.fromEntries(
    images.map(({ name, healthCheck, environment }) => [
      name,
      {
        image: `${host}/made/${name}:1`,
        ...(environment ? { environment } : {}),
        healthcheck: {
          test: healthCheck.map((word) => word.replaceAll('$', '$$$$')),
          interval: '5s',
          timeout: '5s',
          retries: 5,
          start_period: '120s',
        },
        // A shell that is the first process of its container does not end by a signal.
        stop_grace_period: '2s',
        // On AWS the tasks would have to reach that registry themselves.
        'x-aws': { worker: true, egress: [Number(host.split(':')[1])] },
      },
    ]),
  );
  return JSON.stringify({ name: 'unmodified', services }, null, 2);
}
