import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHome, eventually, isAlive, kill, pause, users, type Home } from '../support/fairway.ts';

describe.each(users)('kill -9 of the region, as $name', (user) => {
  let home: Home;
  let project: string;

  beforeAll(async () => {
    home = createHome(user);
    project = home.example('jobs');
    const { code, stderr } = await up();
    expect(code, stderr).toBe(0);
  });
  afterAll(() => home?.dispose());

  /** Draining and names that live on for a while are not what is asked here. */
  const quickly = ['--time-scale', '10'];
  const up = () => home.run(['up', ...quickly, project]);

  const redis = async (...argv: string[]) =>
    (await home.run(['-f', project, 'exec', 'redis', '--', 'redis-cli', ...argv])).stdout.trim();

  test('within two seconds nothing of it is left; the next up has everything again, the volume too', async () => {
    expect(await redis('SET', 'kept', 'yes')).toBe('OK');
    // appendfsync everysec: https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
    await pause(1_500);
    const before = home.processes();
    expect(before.length).toBeGreaterThan(8);
    kill(home.regionPid()!, 'SIGKILL');
    await pause(2_000);
    expect(before.filter(isAlive)).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(home.directory);

    const { code, stderr } = await up();
    expect(code, stderr).toBe(0);
    const status = await eventually(async () => {
      const now = await home.status(project);
      return now.services.every(({ desired, healthy }) => desired === healthy) && now;
    });
    expect((await fetch(status.urls[0]!)).status).toBe(200);
    expect(await redis('GET', 'kept')).toBe('yes');
  });

  test('volumes survive down, and not down --volumes', async () => {
    expect((await home.run(['-f', project, 'down'])).code).toBe(0);
    expect((await up()).code).toBe(0);
    expect(await redis('GET', 'kept')).toBe('yes');
    expect((await home.run(['-f', project, 'down', '--volumes'])).code).toBe(0);
    expect((await up()).code).toBe(0);
    expect(await redis('GET', 'kept')).toBe('');
  });

  test('a stack operation that is cut short finishes or rolls back, and nothing is orphaned', async () => {
    expect((await home.run(['-f', project, 'down'])).code).toBe(0);
    for (const delay of [60, 150, 300, 500, 800]) {
      const upping = home.start(['up', ...quickly, project]);
      const ended = new Promise<void>((resolve) => upping.on('close', () => resolve()));
      const pid = await eventually(async () => {
        const found = home.regionPid();
        return found !== undefined && isAlive(found) ? found : undefined;
      });
      await pause(delay);
      kill(pid, 'SIGKILL');
      await ended;
      const { code, stderr } = await up();
      expect(code, `after ${delay} ms: ${stderr}`).toBe(0);
      const status = await home.status(project);
      expect((await fetch(status.urls[0]!)).status).toBe(200);
      expect((await home.run(['-f', project, 'down'])).code).toBe(0);
      // Idle after down: had anything been orphaned, the region would still have something to keep.
      await eventually(
        async () => !isAlive(pid) && (home.regionPid() === undefined || !isAlive(home.regionPid()!)),
        10,
      );
    }
  }, 300_000);
});

describe('two projects', () => {
  test('run side by side with one CIDR', async () => {
    const home = createHome();
    try {
      const first = home.example('jobs');
      const { code } = await home.run(['up', first]);
      expect(code).toBe(0);
      const second = await home.run(['-p', 'again', 'up', first]);
      expect(second.code, second.stderr).toBe(0);
      const [one, two] = [
        await home.status(first),
        JSON.parse((await home.run(['-p', 'again', '-f', first, 'status', '--json'])).stdout),
      ];
      expect(one.urls[0]).not.toBe(two.urls[0]);
      for (const url of [one.urls[0]!, two.urls[0]!]) {
        const answer = await fetch(`${url}api/jobs`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: 'one' }),
        });
        expect(answer.status).toBe(202);
      }
      expect((await home.run(['-f', first, 'down'])).code).toBe(0);
      expect((await fetch(two.urls[0])).status).toBe(200);
      expect((await home.run(['-p', 'again', '-f', first, 'down'])).code).toBe(0);
    } finally {
      await home.dispose();
    }
  });
});
