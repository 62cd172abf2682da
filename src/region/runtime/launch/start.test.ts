import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, liveRuntime, type LiveRuntime, outputOf } from '../testing/live-runtime.ts';

let live: LiveRuntime;
beforeAll(async () => {
  live = await liveRuntime();
});
afterAll(() => live.stop());

const sh = (script: string, spec: Parameters<LiveRuntime['run']>[2] = {}) =>
  live.run('busybox', ['sh', '-c', script], spec);
const lines = (text: string) => text.trim().split('\n');

describe('a container', () => {
  it('gives both outputs and the exit code', async () => {
    expect(await sh('echo out; echo err >&2; exit 7')).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
    expect((await sh("sh -c 'kill -9 $$'; exit $?")).code).toBe(137);
  });

  it('loses no output at its end, and lets /dev/stdout be opened again', async () => {
    expect((await sh('head -c 3000000 /dev/zero')).stdout).toHaveLength(3_000_000);
    expect((await sh('echo again > /dev/stdout; echo wrong > /dev/stderr')).stdout).toBe('again\n');
  });

  it('ends its own process group and no other', async () => {
    const ending = 'trap : TERM; kill -TERM 0; exit 5';
    expect((await sh(ending)).code).toBe(5);
    const container = await live.start('busybox', { argv: ['sleep', '100'] });
    expect((await outputOf(container.exec(['sh', '-c', ending]))).code).toBe(5);
    await container.signal('SIGKILL');
    expect(await container.exited).toEqual({ code: 137, signal: 'SIGKILL' });
    await container.remove();
    expect((await sh('exit 6')).code).toBe(6);
  });

  it('is PID 1 and is told signals directly', async () => {
    const trapping = await live.start('busybox', {
      argv: ['sh', '-c', 'trap "exit 3" TERM; echo $$; while :; do sleep 0.05; done'],
    });
    await eventually(async () => trapping.output() || undefined, 'it runs');
    expect(trapping.output()).toBe('1\n');
    expect(await trapping.signal('SIGTERM')).toBe(true);
    expect(await trapping.exited).toEqual({ code: 3 });
    expect(await trapping.signal('SIGTERM')).toBe(false);

    const deaf = await live.start('busybox', { argv: ['sleep', '100'] });
    await deaf.signal('SIGKILL');
    expect(await deaf.exited).toEqual({ code: 137, signal: 'SIGKILL' });
    await Promise.all([trapping.remove(), deaf.remove()]);
    expect(readdirSync(join(live.stateDirectory, 'state/containers'))).toEqual([]);
  });

  it('has the environment of image and task and nothing else', async () => {
    process.env['FAIRWAY_TEST_SECRET'] = 'of the host';
    const environment = { A: 'x y', 'with.dot': '1', LD_LIBRARY_PATH: '/opt', IFS: ':', PWD: '/' };
    const { stdout } = await live.run('busybox', ['env'], { environment });
    expect(lines(stdout).sort()).toEqual([
      'A=x y',
      'HOME=/root',
      'HOSTNAME=task-1',
      'IFS=:',
      'LD_LIBRARY_PATH=/opt',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'PWD=/',
      'with.dot=1',
    ]);
  });

  it('has its names and resolver', async () => {
    const { stdout } = await sh('hostname; cat /etc/hostname /etc/resolv.conf; grep 9 /etc/hosts', {
      hosts: { self: '10.0.0.9' },
    });
    expect(stdout).toBe('task-1\ntask-1\nnameserver 10.0.0.2\nsearch local\n10.0.0.9\tself\n');
  });

  it('says in the words of the container runtime why it cannot start', async () => {
    const start = (argv: readonly string[], spec = {}) => live.run('busybox', argv, spec);
    await expect(start(['python', 'x.py'])).rejects.toThrow(
      /^CannotStartContainerError: .*exec: "python": executable file not found in \$PATH: unknown$/,
    );
    await expect(start(['/etc/passwd'])).rejects.toThrow('exec: "/etc/passwd": permission denied');
    await expect(start(['/nowhere'])).rejects.toThrow(
      'exec: "/nowhere": stat /nowhere: no such file or directory',
    );
    await expect(start(['sh'], { user: 'ghost' })).rejects.toThrow(
      'unable to find user ghost: no matching entries in passwd file',
    );
    expect(readdirSync(join(live.stateDirectory, 'state/containers'))).toEqual([]);
  });

  it('runs as another user, without capabilities', async () => {
    const { stdout } = await live.run(
      'node:20',
      ['sh', '-c', 'id -u; id -g; echo $HOME; grep CapEff /proc/self/status'],
      {
        user: 'node',
      },
    );
    expect(lines(stdout)).toEqual(['1000', '1000', '/home/node', 'CapEff:\t0000000000000000']);
  });

  it('keeps volumes, with the content and owner of the image at first', async () => {
    const mounts = [
      { kind: 'volume', source: 'p_v', target: '/etc', readonly: false },
      { kind: 'tmpfs', target: '/scratch', readonly: false },
    ] as const;
    expect(
      (await sh('echo mine > /etc/mine; df -P /scratch | tail -n 1; cat /etc/passwd', { mounts })).stdout,
    ).toMatch(/tmpfs.*\/scratch\nroot:x:0/s);
    expect(
      await sh('cat /v/mine; echo x > /v/y', { mounts: [{ ...mounts[0], target: '/v', readonly: true }] }),
    ).toEqual({
      code: 1,
      stdout: 'mine\n',
      stderr: expect.stringContaining('Read-only'),
    });
    expect(await live.runtime.listVolumes()).toEqual(['p_v']);
    expect(await live.runtime.removeVolumes('p_')).toEqual(['p_v']);
    expect(await live.runtime.listVolumes()).toEqual([]);
  });

  it('has binds of the host where they are meant', async () => {
    const folder = live.folder('bound');
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'one file'), 'seen');
    const bind = (target: string, source = folder, readonly = false) =>
      ({ kind: 'bind', source, target, readonly }) as const;
    const mounts = [bind('/a/b'), bind('/var/run/f', join(folder, 'one file'), true)];
    const script = 'cat /a/b/one*; echo new > /a/b/new; cat /run/f; echo x > /run/f';
    const { code, stdout } = await sh(script, { mounts });
    expect([code, stdout]).toEqual([1, 'seenseen']);
    expect(readFileSync(join(folder, 'new'), 'utf8')).toBe('new\n');
    symlinkSync('/etc', join(folder, 'link'));
    await expect(sh('true', { mounts: [bind('/a'), bind('/a/link')] })).rejects.toThrow('symbolic link');
  });

  it('cannot write to a read-only root, but to its volumes', async () => {
    const mounts = [{ kind: 'tmpfs', target: '/tmp', readonly: false }] as const;
    const { stdout } = await sh('echo x > /tmp/x && echo yes; echo x > /srv/x || echo no', {
      mounts,
      readonlyRoot: true,
    });
    expect(stdout).toBe('yes\nno\n');
  });

  it('lets another program join, with its own rights and environment', async () => {
    const container = await live.start('node:20', {
      argv: ['node', '-e', 'setInterval(() => {}, 1e6)'],
      environment: { GIVEN: 'g' },
      user: 'node',
      workingDirectory: '/srv',
    });
    const script =
      'id -u; pwd; echo $GIVEN$MORE; grep CapBnd /proc/self/status; cat /proc/1/comm; kill -0 1 && echo peer';
    const joined = container.exec(['sh', '-c', script], { environment: { MORE: 'm' } });
    const { code, text } = await outputOf(joined);
    expect(code).toBe(0);
    expect(lines(text)).toEqual(['1000', '/srv', 'gm', expect.stringMatching(/^CapBnd/), 'node', 'peer']);
    const echo = container.exec(['cat']);
    let echoed = '';
    echo.onStdout((chunk) => void (echoed += String(chunk)));
    echo.write('typed');
    echo.end();
    expect(await echo.exited).toEqual({ code: 0, signal: null });
    expect(echoed).toBe('typed');
    expect(
      await outputOf(container.exec(['sh', '-c', 'test -t 0 && echo terminal; exit 4'], { tty: true })),
    ).toEqual({
      code: 4,
      text: 'terminal\r\n',
    });
    const asRoot = await outputOf(container.exec(['id', '-u'], { user: 'root' }));
    expect(asRoot.text).toBe('0\n');
    await container.remove();
    expect((await container.exited).code).toBe(137);
  });
});

describe('isolation', () => {
  it('shows no file of the host', async () => {
    const secret = join(live.folder('secrets'), 'secret');
    writeFileSync(secret, 'of the host');
    const { stdout } = await sh('cat "$0" /etc/shadow; ls -a / /root /home "$1" /proc/1/root/.fairway/host', {
      argv: [
        'sh',
        '-c',
        'cat "$0" /etc/shadow; ls -a / /root /home "$1" /proc/1/root/.fairway/host',
        secret,
        homedir(),
      ],
    });
    expect(stdout).not.toContain('of the host');
    const shadow = readFileSync('/etc/passwd', 'utf8').split('\n').length;
    expect(shadow).toBeGreaterThan(3);
    expect(lines(stdout).filter((line) => /^[a-z]+:[*!]/.test(line)).length).toBeLessThanOrEqual(2);
  });

  it('shows no process and no environment of the host', async () => {
    const { stdout } = await sh('ls /proc | grep "^[0-9]" | head -n 1; cat /proc/*/environ | tr "\\0" "\\n"');
    expect(lines(stdout)[0]).toBe('1');
    expect(stdout).not.toContain('FAIRWAY');
    expect(stdout).not.toContain(process.env['PATH'] ?? '-');
  });

  it('has only the mounts that are meant', async () => {
    const { stdout } = await sh('cut -d " " -f 4,5 /proc/self/mountinfo');
    const host = lines(stdout).filter((line) => !line.startsWith('/ '));
    const kernel =
      /^(\/(null|zero|full|random|urandom|tty) \/(dev|proc)\/|\/(bus|fs|irq|sys|sysrq-trigger) \/proc\/)/;
    const rest = host.filter((line) => !kernel.test(line)).map((line) => line.split(' ')[1]);
    expect(rest.sort()).toEqual(['/etc/hostname', '/etc/hosts', '/etc/resolv.conf']);
  });

  it('cannot change the kernel or mount anything', async () => {
    const { stdout } = await sh(
      'for f in /proc/sys/kernel/domainname /proc/sys/vm/swappiness /proc/sysrq-trigger /sys/kernel/uevent_seqnum; do (echo 1 > $f) 2>/dev/null && echo $f; done; mount -t tmpfs x /mnt 2>/dev/null && echo mounted; umount /proc/sys 2>/dev/null && echo unmounted; mount -o remount,rw,bind /proc/sys 2>/dev/null && echo remounted; wc -c < /proc/timer_list; hostname other 2>/dev/null && echo renamed',
    );
    expect(stdout).toBe('0\n');
  });

  it('keeps the capabilities that docker would leave, at most, and gets none back', async () => {
    const { stdout } = await sh('grep -E "Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs" /proc/self/status');
    const values = Object.fromEntries(lines(stdout).map((line) => line.split(':\t')));
    const kept = live.ids === 'range' ? '00000000a80425fb' : '0000000000000000';
    expect(values).toEqual({
      CapInh: '0000000000000000',
      CapPrm: kept,
      CapEff: kept,
      CapBnd: kept,
      CapAmb: '0000000000000000',
      NoNewPrivs: '1',
    });
  });
});
