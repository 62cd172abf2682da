import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Netd } from './netd-client.ts';
import { startNetd } from './start-netd.ts';
import { bundlePrograms, findTestTools, type Programs } from './testing/programs.ts';

let programs: Programs;
let netd: Netd;
beforeAll(async () => {
  programs = await bundlePrograms();
  netd = await startNetd({ program: programs.netd, tools: await findTestTools(), log: () => {} });
});
afterAll(async () => {
  await netd.close();
  programs.remove();
});

const sh = (script: string, ...args: string[]) => netd.run(['/bin/sh', '-c', script, 'sh', ...args]);

describe('netd', () => {
  it('gives exit codes, signals and both outputs', async () => {
    expect(await sh('echo out; echo err >&2; exit 7')).toEqual({
      code: 7,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    const sleeper = netd.spawn(['/bin/sleep', '100']);
    await sleeper.started;
    expect(await sleeper.signal('SIGTERM')).toBe(true);
    expect(await sleeper.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect(await sleeper.signal('SIGTERM')).toBe(false);
  });

  it('rejects a program that does not exist', async () => {
    await expect(netd.run(['/no/such/program'])).rejects.toThrow('ENOENT');
  });

  it('hands on exactly the environment that is given', async () => {
    const { stdout } = await netd.run(['/usr/bin/env'], { env: { A: '1', PATH: '/bin' } });
    expect(stdout.trim().split('\n').sort()).toEqual(['A=1', 'PATH=/bin']);
  });

  it('reads its input to the end', async () => {
    expect((await netd.run(['/usr/bin/wc', '-c'], { input: 'x'.repeat(300_000) })).stdout.trim()).toBe(
      '300000',
    );
  });

  it('loses nothing of a large output', async () => {
    const process = netd.spawn(['/usr/bin/head', '-c', '20000000', '/dev/zero']);
    let size = 0;
    process.onStdout((chunk) => void (size += chunk.length));
    await process.exited;
    expect(size).toBe(20_000_000);
  });

  it('runs in namespaces of its own, with the host hidden from /run', async () => {
    const { stdout } = await sh('for n in user net mnt pid; do readlink /proc/self/ns/$n; done; ls /run');
    const lines = stdout.trim().split('\n');
    for (const [index, name] of ['user', 'net', 'mnt', 'pid'].entries())
      expect(lines[index]).not.toBe(readlinkSync(`/proc/self/ns/${name}`));
    expect(lines.slice(4)).toEqual(['netns']);
  });

  it('maps ids as it says', async () => {
    const { stdout } = await sh('id -u; cat /proc/self/uid_map');
    const [id, first, second] = stdout.trim().split('\n');
    expect(id).toBe('0');
    expect(first?.trim().split(/\s+/)).toEqual(['0', String(process.getuid?.()), '1']);
    expect(second === undefined ? 'single' : 'range').toBe(netd.ids);
  });

  it('starts a program in a network namespace by name', async () => {
    await netd.run(['/usr/bin/env', 'ip', 'netns', 'add', 'there'], {
      env: { PATH: '/usr/sbin:/sbin:/usr/bin' },
    });
    const inside = await netd.run(['/usr/bin/readlink', '/proc/self/ns/net'], { network: 'there' });
    const own = await netd.run(['/usr/bin/readlink', '/proc/self/ns/net']);
    expect(inside.stdout).toMatch(/^net:/);
    expect(inside.stdout).not.toBe(own.stdout);
  });

  it('signals the program below its launchers', async () => {
    const launcher = netd.spawn([
      '/usr/bin/unshare',
      '--pid',
      '--fork',
      '/bin/sh',
      '-c',
      'trap "exit 5" TERM; echo up; while :; do sleep 0.05; done',
    ]);
    await new Promise<void>((resolve) => launcher.onStdout(() => resolve()));
    expect(await launcher.signal('SIGTERM', 1)).toBe(true);
    expect((await launcher.exited).code).toBe(5);
  });

  it('speaks with Node programs and moves listening sockets to them', async () => {
    const program = `
      const http = require('node:http');
      process.on('message', (message, server) => {
        http.createServer((_, response) => response.end('from inside ' + message.word)).listen(server);
        process.send({ bytes: new Uint8Array([1, 2]), listening: true });
      });`;
    const inside = netd.spawn([process.execPath, '-e', program], { ipc: true });
    const heard = new Promise<unknown>((resolve) => inside.onMessage(resolve));
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    inside.send({ word: 'netd' }, server);
    expect(await heard).toEqual({ bytes: new Uint8Array([1, 2]), listening: true });
    const body = await new Promise<string>((resolve, reject) => {
      request({ port, host: '127.0.0.1' }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
    expect(body).toBe('from inside netd');
    await inside.signal('SIGKILL');
    await inside.exited;
  });

  it('leaves no orphan behind as a zombie', async () => {
    await sh('(sleep 0.01 & exec sleep 0) & wait');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await sh('grep -l "^State:.Z" /proc/[0-9]*/status 2>/dev/null | wc -l')).stdout.trim()).toBe('0');
  });

  it('ends with everything in it, and says so to those who wait', async () => {
    const other = await startNetd({ program: programs.netd, tools: await findTestTools(), log: () => {} });
    const sleeper = other.spawn(['/bin/sleep', '4711.5']);
    await sleeper.started;
    expect(processesWith('4711.5')).toHaveLength(1);
    await other.close();
    expect(await sleeper.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await other.ended;
    expect(processesWith('4711.5')).toHaveLength(0);
    await expect(other.run(['/bin/true'])).rejects.toThrow('netd has ended');
  });
});

describe('a region that is killed', () => {
  it.each([
    ['ready', 0],
    ['starting', 0],
    ['starting', 10],
    ['starting', 40],
    ['starting', 80],
  ] as const)('leaves nothing behind when it was %s (%i ms later)', async (when, delay) => {
    const mark = `${4800 + delay + (when === 'ready' ? 1 : 2)}.25`;
    const region = spawn(process.execPath, [programs.killed, programs.netd, when, mark], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) =>
      region.stdout.once('data', (chunk) => resolve(String(chunk))),
    );
    const launcher = Number(line.trim());
    expect(existsSync(`/proc/${launcher}`)).toBe(true);
    if (when === 'ready') expect(processesWith(mark)).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, delay));
    const session = inSession(launcher);
    expect(session).toContain(launcher);
    region.kill('SIGKILL');
    await vanish(() => processesWith(mark).length + inSession(launcher).length);
  });
});

/** Polls until `count` is 0; the test's own time limit ends what never does. */
async function vanish(count: () => number): Promise<void> {
  while (count() > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
function processes(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}
function processesWith(argument: string): string[] {
  return processes().filter((pid) => {
    try {
      const argv = readFileSync(join('/proc', pid, 'cmdline'), 'utf8').split('\0');
      return argv[0]?.endsWith('sleep') && argv.includes(argument);
    } catch {
      return false;
    }
  });
}
/** The launcher leads a session of its own, in which all that it starts lies. */
function inSession(leader: number): number[] {
  return processes()
    .filter((pid) => {
      try {
        const stat = readFileSync(join('/proc', pid, 'stat'), 'utf8');
        const [state, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state !== 'Z' && session === String(leader);
      } catch {
        return false;
      }
    })
    .map(Number);
}
