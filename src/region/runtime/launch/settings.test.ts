import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, liveRuntime, type LiveRuntime, outputOf } from '../testing/live-runtime.ts';
import { keptCapabilities } from './privileges.ts';

let live: LiveRuntime;
beforeAll(async () => {
  live = await liveRuntime();
  // Made once, which takes its time on a machine that has never run it.
  await live.runtime.resolve('node:20');
}, 120_000);
afterAll(() => live.stop());

const sh = (script: string, spec: Parameters<LiveRuntime['run']>[2] = {}) =>
  live.run('busybox', ['sh', '-c', script], spec);

describe('an init', () => {
  it('is PID 1, gives the code of its program, and reaps what that leaves behind', async () => {
    expect(await sh('exit 7', { init: true })).toMatchObject({ code: 7 });
    const left = async (init: boolean) => {
      const argv = ['sh', '-c', '(sleep 0.05 &); echo $PPID; exec sleep 100'];
      const container = await live.start('busybox', { argv, init });
      await eventually(async () => container.output() || undefined, 'it runs');
      await new Promise((resolve) => setTimeout(resolve, 200));
      const { text } = await outputOf(
        container.exec(['sh', '-c', 'grep -h "^State:.Z" /proc/[0-9]*/status']),
      );
      await container.remove();
      return [container.output(), text];
    };
    expect(await left(true)).toEqual(['1\n', '']);
    expect(await left(false)).toEqual(['0\n', 'State:\tZ (zombie)\n']);
  });

  it('passes signals on, those too that a shell hides from what runs behind it', async () => {
    for (const [signal, code] of [
      ['SIGTERM', 3],
      ['SIGINT', 4],
    ] as const) {
      const container = await live.start('busybox', {
        init: true,
        argv: ['sh', '-c', 'trap "exit 3" TERM; trap "exit 4" INT; echo up; while :; do sleep 0.05; done'],
      });
      await eventually(async () => container.output() || undefined, 'it runs');
      await container.signal(signal);
      expect(await container.exited).toEqual({ code });
      await container.remove();
    }
  });

  it('tells the signal that ended the program, and keeps environment and user', async () => {
    expect(await sh('kill -9 $$', { init: true })).toMatchObject({ code: 137, signal: 'SIGKILL' });
    const program =
      'console.log(process.getuid()); for (const e of Object.entries(process.env)) console.log(e.join("="))';
    const environment = { A: 'x y', 'with.dot': '1', LD_LIBRARY_PATH: '/opt' };
    const { stdout } = await live.run('node:20', ['node', '-e', program], {
      init: true,
      environment,
      user: 'node',
    });
    expect(stdout).toMatch(/^1000\n/);
    expect(stdout).toContain('\nA=x y\n');
    expect(stdout).toContain('LD_LIBRARY_PATH=/opt\n');
    expect(stdout).toContain('with.dot=1\n');
    expect(stdout).not.toContain('FAIRWAY');
  });
});

describe('what a container is given', () => {
  it('is the number of files that it may open', async () => {
    expect((await sh('ulimit -Sn; ulimit -Hn', { openFiles: { soft: 1000, hard: 2000 } })).stdout).toBe(
      '1000\n2000\n',
    );
  });

  it('is less of what root may do, or more', async () => {
    expect(keptCapabilities({ add: ['SYS_PTRACE'], drop: ['ALL'] })).toEqual(['sys_ptrace']);
    expect(keptCapabilities({ add: [], drop: ['NET_RAW', 'CHOWN'] })).not.toContain('chown');
    const held = async (capabilities: { add: string[]; drop: string[] }) =>
      (await sh('grep CapEff /proc/self/status', { capabilities })).stdout.split(':\t')[1]?.trim();
    const dropped = await held({ add: [], drop: ['ALL'] });
    expect(dropped).toBe('0000000000000000');
    expect(await held({ add: ['SYS_PTRACE'], drop: ['ALL'] })).toBe(
      live.ids === 'range' ? '0000000000080000' : '0000000000000000',
    );
  });

  it('is kernel parameters of its namespaces', async () => {
    const { stdout } = await sh('cat /proc/sys/net/core/somaxconn', {
      kernelParameters: { 'net.core.somaxconn': '77' },
    });
    expect(stdout).toBe('77\n');
  });

  it('is a tmpfs of the wanted size, and 64 MiB of shared memory', async () => {
    const mounts = [
      { kind: 'tmpfs', target: '/run/lock', readonly: false, mebibytes: 3, options: ['mode=700'] } as const,
    ];
    const { stdout } = await sh(
      'df -k /run/lock /dev/shm | tail -n 2 | while read a size rest; do echo $size; done; stat -c %a /run/lock',
      { mounts },
    );
    expect(stdout).toBe('3072\n65536\n700\n');
  });

  it('is an input that stays open, or a terminal', async () => {
    const open = await live.start('busybox', { input: 'open', argv: ['sh', '-c', 'cat; echo ended'] });
    const empty = await sh('cat; echo ended');
    expect(empty.stdout).toBe('ended\n');
    expect(open.output()).toBe('');
    await open.remove();

    const terminal = await live.start('busybox', {
      input: 'terminal',
      argv: [
        'sh',
        '-c',
        'test -t 0 && test -t 1 && echo terminal; trap "exit 5" TERM; while :; do sleep 0.05; done',
      ],
    });
    await eventually(async () => terminal.output() || undefined, 'it speaks');
    expect(terminal.output()).toBe('terminal\r\n');
    expect(await outputOf(terminal.exec(['sh', '-c', 'echo beside $PPID']))).toEqual({
      code: 0,
      text: 'beside 0\n',
    });
    await terminal.signal('SIGTERM');
    expect(await terminal.exited).toEqual({ code: 5 });
    await terminal.remove();
    await expect(live.run('busybox', ['/nowhere'], { input: 'terminal' })).rejects.toThrow(
      'exec: "/nowhere": stat /nowhere: no such file or directory',
    );
  });
});

describe('a volume', () => {
  const volume = (more: object) =>
    ({ kind: 'volume', source: 'v', target: '/mnt', readonly: false, ...more }) as const;

  it('is empty, or has what another image has, when that is said', async () => {
    expect((await sh('ls /etc', { mounts: [volume({ target: '/etc/ssl', initially: 'empty' })] })).code).toBe(
      0,
    );
    expect(
      (await sh('ls -A /mnt', { mounts: [volume({ source: 'e', target: '/etc', initially: 'empty' })] }))
        .stdout,
    ).toBe('');
    const image = await live.runtime.resolve('node:20');
    const initially = { image, path: '/usr/local/bin' };
    const { stdout } = await sh('ls /mnt', { mounts: [volume({ source: 'n', initially })] });
    expect(stdout.split('\n')).toContain('node');
  });

  it('can be mounted from one of its folders, which is made with its owner', async () => {
    await live.runtime.ensureVolumeFolder!('w', '/a/b', { uid: 1000, gid: 1001, mode: '750' });
    const mounts = [volume({ source: 'w', subpath: '/a/b' })];
    const { stdout } = await sh('stat -c "%u %g %a" /mnt; echo kept > /mnt/f', { mounts });
    expect(stdout).toBe(live.ids === 'range' ? '1000 1001 750\n' : '0 0 750\n');
    expect((await sh('cat /mnt/a/b/f', { mounts: [volume({ source: 'w' })] })).stdout).toBe('kept\n');
    await expect(live.runtime.ensureVolumeFolder!('w', '/none')).rejects.toThrow(
      'volume w has no folder /none',
    );
    await sh('ln -s /etc /mnt/link', { mounts: [volume({ source: 'w' })] });
    await expect(live.runtime.ensureVolumeFolder!('w', '/link/x')).rejects.toThrow('no folder /link/x');
    await expect(sh('true', { mounts: [volume({ source: 'w', subpath: '/link' })] })).rejects.toThrow(
      'no folder /link',
    );
    // What belongs to ids that exist only inside cannot be removed from outside.
    await live.runtime.removeVolume('w');
  });
});
