import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHome, users, type Home } from '../support/fairway.ts';

describe.each(users)('what a task can see, as $name', (user) => {
  let home: Home;
  let project: string;
  /** In the home of who runs the tests. */
  let inHome: string;

  beforeAll(async () => {
    inHome = mkdtempSync(join(homedir(), '.fairway-test-'));
    home = createHome(user);
    project = home.example('jobs');
    const { code, stderr } = await home.run(['up', project]);
    expect(code, stderr).toBe(0);
  });
  afterAll(async () => {
    rmSync(inHome, { recursive: true });
    await home?.dispose();
  });

  const evaluate = async (code: string) => {
    const { stdout, stderr } = await home.run(['-f', project, 'exec', 'api', '--', 'node', '-p', code]);
    return stdout.trim() || stderr;
  };
  const readable = (path: string) =>
    evaluate(`try { require('fs').accessSync(${JSON.stringify(path)}, 4); 'readable' } catch (e) { e.code }`);

  test('its own files, as a control', async () => {
    expect(await readable('/app/dist/server.cjs')).toBe('readable');
    expect(await readable('/etc/passwd')).toBe('readable');
  });

  test('not homes, the region, its state, or a socket of the host', async () => {
    for (const path of [
      inHome,
      home.directory,
      home.env.XDG_CACHE_HOME!,
      '/var/run/docker.sock',
      '/run/dbus',
    ]) {
      expect([path, await readable(path)]).toEqual([path, 'ENOENT']);
    }
    expect(existsSync(`${home.env.XDG_STATE_HOME}/fairway/region.sock`)).toBe(true);
  });

  test('not the environment of the host', async () => {
    expect(await evaluate('JSON.stringify(process.env)')).not.toContain('must-not-be-seen');
    expect(await evaluate(`require('fs').readFileSync('/proc/1/environ', 'utf8')`)).not.toContain(
      'must-not-be-seen',
    );
    expect(await evaluate('process.env.REDIS_URL')).toBe('redis://redis.local:6379');
  });

  test('not the processes of the host, nor those of other tasks', async () => {
    const seen = await evaluate(
      `require('fs').readdirSync('/proc').filter(n => /^\\d+$/.test(n)).map(n => require('fs').readFileSync('/proc/' + n + '/cmdline', 'utf8')).join()`,
    );
    expect(seen).toContain('server.cjs');
    expect(seen).not.toContain('redis-server');
    expect(seen).not.toContain('region.mjs');
  });

  test('it cannot change the kernel of the host', async () => {
    const write = (path: string) =>
      evaluate(
        `try { require('fs').writeFileSync(${JSON.stringify(path)}, 'x'); 'written' } catch (e) { e.code }`,
      );
    for (const path of ['/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger'])
      expect(['EROFS', 'EACCES', 'EPERM', 'ENOENT', 'EIO']).toContain(await write(path));
    expect(await write('/tmp/own')).toBe('written');
  });

  test("its shadow file is the image's own, with no password of anybody", async () => {
    const shadow = await evaluate(
      `try { require('fs').readFileSync('/etc/shadow', 'utf8') } catch (e) { e.code }`,
    );
    expect(shadow).not.toContain('$');
    expect(shadow).not.toContain('postgres');
  });

  test('nothing of the host is mounted into it beyond its own generated files', async () => {
    const mounts = await evaluate(`require('fs').readFileSync('/proc/self/mountinfo', 'utf8')`);
    const places = mounts.split('\n').map((line) => line.split(' ')[4]!);
    const own = /^\/($|dev($|\/)|proc($|\/)|sys($|\/)|etc\/(hosts|hostname|resolv\.conf)$)/;
    expect(places.filter((place) => !own.test(place))).toEqual([]);
    expect(places).toContain('/etc/resolv.conf');
  });

  test('the endpoint refuses a web page, a foreign host name and another user', async () => {
    const { stdout } = await home.run(['env', '--json']);
    const endpoint = (JSON.parse(stdout) as Record<string, string>).AWS_ENDPOINT_URL!;
    const body = 'Action=GetCallerIdentity&Version=2011-06-15';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const post = (extra: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const call = request(endpoint, { method: 'POST', headers: { ...headers, ...extra } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        });
        call.on('error', reject);
        call.end(body);
      });
    const ownUser = user.ids === undefined;
    if (ownUser) {
      expect(await post({})).toBe(200);
      expect(await post({ origin: 'https://example.com' })).toBe(403);
      expect(await post({ host: 'rebound.example.com' })).toBe(403);
    }
    if (process.getuid!() !== 0) return;
    const curl = async (uid: number) => {
      const args = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-d', body, endpoint];
      return (
        await promisify(execFile)('curl', args, { uid, gid: uid }).catch((error: { stdout: string }) => error)
      ).stdout;
    };
    const owner = user.ids?.uid ?? 0;
    expect(await curl(owner)).toBe('200');
    expect(await curl(61_234)).toBe('403');
  });
});
