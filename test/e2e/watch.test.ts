import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHome, eventually, users, type Home } from '../support/fairway.ts';
import { startLoad } from '../support/load.ts';

describe.each(users)('up --watch, as $name', (user) => {
  let home: Home;
  let project: string;

  beforeAll(() => {
    home = createHome(user);
    project = home.folder('watched');
    cpSync(new URL('../fixtures/watch', import.meta.url).pathname, project, { recursive: true });
  });
  afterAll(() => home?.dispose());

  const edit = (from: string, to: string) => {
    const file = join(project, 'page/server.js');
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  };
  const say = async (url: string) => {
    const answer = await fetch(url);
    return answer.ok ? answer.text() : undefined;
  };

  test('an edit restarts that service in its place, and drops no request of the others', async () => {
    const watching = home.start(['-f', project, 'up', '--watch']);
    let said = '';
    for (const stream of [watching.stdout!, watching.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    await eventually(async () => said.includes('watching page'), 240, 'watching');
    const { urls } = await home.status(project);
    const page = urls.find((url) => url.includes(':8096') || said.includes(`page ${url}`)) ?? urls[0]!;
    const other = urls.find((url) => url !== page)!;
    const [word, host] = (await say(page))!.split(' ');
    expect(word).toBe('first');
    const load = startLoad(other);
    for (const [from, to] of [
      ['first', 'second'],
      ['second', 'third'],
    ] as const) {
      edit(`'${from}'`, `'${to}'`);
      await eventually(async () => (await say(page)) === `${to} ${host}`, 60, to);
    }
    const { requests, failures } = await load.stop();
    expect(failures).toEqual({});
    expect(requests).toBeGreaterThan(50);

    // What does not build is told, and the next edit mends it.
    const dockerfile = join(project, 'page/Dockerfile');
    const good = readFileSync(dockerfile, 'utf8');
    writeFileSync(dockerfile, good.replace('COPY server.js', 'COPY absent.js'));
    await eventually(async () => said.includes('absent.js'), 60, 'the error');
    expect(await say(page)).toBe(`third ${host}`);
    writeFileSync(dockerfile, good);
    edit("'third'", "'fourth'");
    await eventually(async () => (await say(page)) === `fourth ${host}`, 60, 'fourth');
    const ended = new Promise((resolve) => watching.on('close', resolve));
    watching.kill('SIGINT');
    expect(await ended).toBe(0);
    // What runs goes on.
    expect(await say(page)).toBe(`fourth ${host}`);
  });

  test('the next up deploys what was edited, by the book', async () => {
    const { code, stderr } = await home.run(['-f', project, 'up']);
    expect(stderr).toContain('watched is up');
    expect(code).toBe(0);
    const { urls } = await home.status(project);
    const words = await Promise.all(urls.map(async (url) => (await say(url))?.split(' ')[0]));
    expect(words.sort()).toEqual(['first', 'fourth']);
  });
});
