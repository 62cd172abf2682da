import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { doctorChecks } from './doctor.ts';
import { subordinateRange } from './id-map.ts';
import { findTestTools } from './testing/programs.ts';
import { tryIn } from './try-in.ts';

describe('the doctor', () => {
  it('tries what the region needs, and has a remedy for what is missing', async () => {
    await findTestTools();
    const checks = await doctorChecks({ cacheDirectory: `${tmpdir()}/fairway-tools-${process.getuid?.()}` });
    const needed = checks.filter(({ id }) => ['linux', 'tools', 'namespaces', 'nft', 'overlay'].includes(id));
    expect(needed.map(({ id, state, detail }) => `${id} ${state === 'ok' ? state : detail}`)).toEqual([
      'linux ok',
      'tools ok',
      'namespaces ok',
      'nft ok',
      'overlay ok',
    ]);
    for (const { state, detail, remedy } of checks) {
      expect(detail).not.toBe('');
      if (state === 'failed') expect(remedy).toBeTruthy();
    }
  });

  it('says what a failing attempt said', async () => {
    expect(await tryIn(['--mount'], 'echo "no such thing" >&2; exit 3')).toBe('no such thing');
    expect(await tryIn(['--net'], 'exit 0')).toBeUndefined();
  });
});

describe('subordinate ids', () => {
  it('are read by name or number, at most 65535 of them', () => {
    const text = 'other:1:5\n\nann:100000:65536\n1001:300000:1000\n';
    expect(subordinateRange(text, 'ann', 7)).toEqual({ start: 100_000, count: 65_535 });
    expect(subordinateRange(text, 'bob', 1001)).toEqual({ start: 300_000, count: 1000 });
    expect(subordinateRange(text, 'bob', 7)).toBeUndefined();
    expect(subordinateRange('ann:nonsense', 'ann', 7)).toBeUndefined();
  });
});
