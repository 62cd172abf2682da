import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoad } from '../support/load.ts';
import { createHome, eventually, kill, pause, users, type Home } from '../support/fairway.ts';
import { commandLine } from '../support/processes.ts';

const TEXT = 'A fairway is the channel that is known to be clear. Ships keep to it.';

describe.each(users)('the main job, as $name', (user) => {
  let home: Home;
  let project: string;
  let url: string;

  beforeAll(async () => {
    home = createHome(user);
    project = home.example('jobs');
  });
  afterAll(() => home?.dispose());

  const service = async (name: string) =>
    (await home.status(project)).services.find((candidate) => candidate.name === name)!;
  const submit = async (): Promise<string> => {
    const answer = await fetch(`${url}api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: TEXT }),
    });
    expect(answer.status).toBe(202);
    return ((await answer.json()) as { id: string }).id;
  };
  const result = (id: string, seconds = 30) =>
    eventually(
      async () => {
        const answer = await fetch(`${url}api/jobs/${id}`);
        const job = (await answer.json()) as { state: string; result?: Record<string, unknown> };
        return job.state === 'completed' ? job.result : undefined;
      },
      seconds,
      `job ${id}`,
    );
  const programs = (name: string) =>
    home
      .processes()
      .filter((pid) => commandLine(pid)[0] === 'node' && commandLine(pid).at(-1) === `dist/${name}.cjs`);

  test('up ends with exit 0 when every service is steady, and prints where it can be opened', async () => {
    const { code, stdout, stderr } = await home.run(['up', project]);
    expect(stderr).toContain('jobs is up');
    expect(code).toBe(0);
    const status = await home.status(project);
    expect(status.state).toBe('CREATE_COMPLETE');
    expect(
      status.services.map(({ name, desired, running, healthy }) => [name, desired, running, healthy]),
    ).toEqual([
      ['api', 2, 2, 2],
      ['redis', 1, 1, 1],
      ['web', 1, 1, 1],
      ['worker', 1, 1, 1],
    ]);
    for (const { tasks } of status.services)
      for (const { address } of tasks) {
        expect(address).toMatch(/^10\.0\.\d+\.\d+$/);
        expect(stdout).toContain(address);
      }
    url = status.urls[0]!;
    expect(stdout).toContain(url);
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>Jobs</title>');
  });

  test('a job posted through the load balancer is worked on and its result read back', async () => {
    expect(await result(await submit())).toMatchObject({
      words: 15,
      sentences: 2,
      distinct: 13,
      longest: 'fairway',
    });
  });

  test('up again with nothing changed says so and replaces nothing', async () => {
    const before = await home.status(project);
    const { code, stderr } = await home.run(['up', project]);
    expect(code).toBe(0);
    expect(stderr).toContain('nothing changed');
    expect(await home.status(project)).toEqual(before);
  });

  test('scale under load: no failed request, every task behind the name and the proxy; back again too', async () => {
    const load = startLoad(`${url}api/health`);
    const up = await home.run(['-f', project, 'scale', 'api=3']);
    expect(up.stderr).toContain('api=3');
    expect(up.code).toBe(0);
    const addresses = (await service('api')).tasks.map(({ address }) => address).sort();
    expect(addresses).toHaveLength(3);
    const resolved = await home.run([
      '-f',
      project,
      'exec',
      'worker',
      '--',
      'node',
      '-p',
      'require("dns").promises.resolve4("api.local").then(a => console.log(JSON.stringify(a.sort()))), ""',
    ]);
    expect(JSON.parse(resolved.stdout.trim().split('\n').at(-1)!)).toEqual(addresses);
    await pause(12_000);
    const grown = await load.stop();
    expect(grown.failures).toEqual({});
    expect(Object.keys(grown.servedBy)).toHaveLength(3);

    const shrinking = startLoad(`${url}api/health`);
    const down = await home.run(['-f', project, 'scale', 'api=1']);
    expect(down.code).toBe(0);
    await pause(8_000);
    expect((await shrinking.stop()).failures).toEqual({});
    expect((await service('api')).running).toBe(1);
  }, 120_000);

  test('a scale holds over the next up', async () => {
    const { stderr } = await home.run(['up', project]);
    expect(stderr).toContain('nothing changed');
    expect((await service('api')).desired).toBe(1);
    expect((await home.run(['-f', project, 'scale', 'api=2'])).code).toBe(0);
  });

  test('kill -9 of one of two api tasks: it is replaced, and after detection nothing fails', async () => {
    const before = (await service('api')).tasks.map(({ id }) => id);
    const [victim] = programs('server');
    kill(victim!, 'SIGKILL');
    await eventually(async () => {
      const now = await service('api');
      const survivors = now.tasks.filter(({ id }) => before.includes(id));
      return now.running === 2 && survivors.length === 1 && now.healthy === 2;
    });
    // What nginx still holds of the old address runs out with the record's TTL.
    await pause(6_000);
    const load = startLoad(`${url}api/health`);
    await pause(3_000);
    expect((await load.stop()).failures).toEqual({});
  });

  test('kill -9 of the worker in the middle of a job: its successor finishes the job', async () => {
    const id = await submit();
    await eventually(async () => {
      const answer = await fetch(`${url}api/jobs/${id}`);
      const job = (await answer.json()) as { state: string; progress: number };
      return job.state === 'active' && Number(job.progress) > 0;
    });
    const [victim] = programs('worker');
    kill(victim!, 'SIGKILL');
    expect(await result(id, 60)).toMatchObject({ words: 15 });
  });

  /** Changes a file of the project, runs up, and tells which services have other tasks than before. */
  const replacedBy = async (file: string, change: (text: string) => string): Promise<string[]> => {
    const tasks = async () =>
      new Map(
        (await home.status(project)).services.map(({ name, tasks: list }) => [
          name,
          list.map(({ id }) => id).join(),
        ]),
      );
    const before = await tasks();
    const path = join(project, file);
    const text = readFileSync(path, 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(path, change(text));
    const { code, stderr } = await home.run(['up', project]);
    expect(code, stderr).toBe(0);
    return [...(await tasks())].filter(([name, ids]) => before.get(name) !== ids).map(([name]) => name);
  };

  test('one changed value replaces that service only', async () => {
    const add = (text: string) => text.replace(/(worker:[\s\S]*?:6379)/, '$1\n      STEP_MS: "100"');
    expect(await replacedBy('compose.yaml', add)).toEqual(['worker']);
  });

  test('one changed source file replaces that service only', async () => {
    const replaced = await replacedBy('web/public/index.html', (text) =>
      text.replace('<h1>Jobs</h1>', '<h1>Other jobs</h1>'),
    );
    expect(replaced).toEqual(['web']);
    expect(await (await fetch(url)).text()).toContain('Other jobs');
  });

  test('logs tells what services say', async () => {
    const { stdout, code } = await home.run(['-f', project, 'logs', 'worker']);
    expect(code).toBe(0);
    expect(stdout).toContain('waiting for jobs');
  });

  test('down leaves no process and no port', async () => {
    const left = home.processes();
    expect(left.length).toBeGreaterThan(5);
    const { code } = await home.run(['-f', project, 'down']);
    expect(code).toBe(0);
    await eventually(
      async () => left.every((pid) => commandLine(pid).length === 0),
      5,
      'the end of all processes',
    );
    // Free for others now: what answers there, if anything does, is not this project.
    const answer = await fetch(url).then(
      (page) => page.text(),
      () => 'nobody',
    );
    expect(answer).not.toContain('Other jobs');
  });
});
