import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passEnvironment } from './environment.ts';
import { inRuntimeWords } from './exec.ts';
import { bind, formatFstab } from './fstab.ts';
import { overlayOptions } from './overlay.ts';
import { resolveUser } from './user.ts';

describe('fstab', () => {
  it('carries any path in one line of six fields', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        const line = formatFstab('/root', [bind(`/${name}`, '/t', 'bind')]);
        const fields = line.trimEnd().split(' ');
        expect(fields).toHaveLength(6);
        const [source = ''] = fields;
        expect(
          source.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8))),
        ).toBe(`/${name}`);
      }),
    );
  });
});

describe('users', () => {
  let layer: string;
  beforeAll(() => {
    layer = mkdtempSync(join(tmpdir(), 'fairway-users-'));
    mkdirSync(join(layer, 'etc'));
    writeFileSync(
      join(layer, 'etc/passwd'),
      'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001::/home/node:/bin/sh\n',
    );
    writeFileSync(join(layer, 'etc/group'), 'root:x:0:\nnode:x:1001:\nextra:x:50:root,node\n');
  });
  afterAll(() => rmSync(layer, { recursive: true }));

  it.each([
    [undefined, { uid: 0, gid: 0, groups: [50], home: '/root' }],
    ['node', { uid: 1000, gid: 1001, groups: [50], home: '/home/node' }],
    ['1000', { uid: 1000, gid: 1001, groups: [50], home: '/home/node' }],
    ['node:extra', { uid: 1000, gid: 50, groups: [], home: '/home/node' }],
    ['7:8', { uid: 7, gid: 8, groups: [], home: '/' }],
    ['7', { uid: 7, gid: 0, groups: [], home: '/' }],
  ])('%s', async (user, expected) => {
    expect(await resolveUser([layer], user)).toEqual(expected);
  });
  it('are refused when unknown', async () => {
    await expect(resolveUser([layer], 'x')).rejects.toThrow(
      'unable to find user x: no matching entries in passwd file',
    );
    await expect(resolveUser([layer], '0:x')).rejects.toThrow('unable to find group x');
  });
});

describe('environment', () => {
  it('keeps from the launcher what would change it', () => {
    const { env, late } = passEnvironment({
      A: '1',
      LD_PRELOAD: '/x.so',
      'a.b': '2',
      IFS: '3',
      UID: '4',
      FAIRWAY_ENV_0: '5',
    });
    expect(env).toEqual({ FAIRWAY_ENV_0: 'A=1' });
    expect(late).toEqual(['LD_PRELOAD=/x.so', 'a.b=2', 'IFS=3', 'UID=4', 'FAIRWAY_ENV_0=5']);
  });
});

describe('overlay options', () => {
  it('stack about a hundred layers and refuse more', () => {
    const layers = (count: number) => Array.from({ length: count }, () => `/store/${'a'.repeat(32)}`);
    expect(overlayOptions(layers(100))).toMatch(/^userxattr,lowerdir=a{32}:/);
    expect(() => overlayOptions(layers(130))).toThrow('130 layers');
    expect(overlayOptions(layers(1), { directory: '/a,b:c', work: '/w' })).toContain(
      'upperdir=/a\\,b\\:c,workdir=/w',
    );
  });
});

describe('exec', () => {
  it('speaks of a missing program as the container runtime does', () => {
    expect(inRuntimeWords("/.fairway/env: 'nope': No such file or directory\n")).toBe(
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown\n',
    );
    expect(inRuntimeWords('env: nope\n')).toBe('env: nope\n');
  });
});
