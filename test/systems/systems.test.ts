import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixAll } from '../../src/cli/check/fix.ts';
import { checks } from '../../src/verify/checks/index.ts';
import { checkText } from '../../src/verify/testing/check.ts';
import { jobs } from './jobs.ts';
import { messages } from './messages.ts';
import { monolith } from './monolith.ts';
import { shop } from './shop.ts';
import { lineOf, withChanges } from './system.ts';
import { todo } from './todo.ts';

const FILE = 'template.yaml';
const findingsIn = (text: string) => checkText(text, checks).findings;

const systems = [...jobs, ...monolith, ...messages, ...todo, ...shop];

it('says which mistakes no template tells, and where they are seen', () => {
  const page = readFileSync(new URL('../../docs/fidelity.md', import.meta.url), 'utf8');
  const told = /## Mistakes that no template tells\n[^#]*/.exec(page)?.[0] ?? '';
  const listed = [...told.matchAll(/^\| ([^|]+?) +\|/gm)].flatMap(([, mistake = '']) => mistake);
  const untold = new Set(systems.flatMap((system) => system.untold ?? []));
  expect(listed.filter((mistake) => mistake !== 'Mistake' && !/^-+$/.test(mistake)).sort()).toEqual(
    [...untold].sort(),
  );
});

describe.each(systems)('$name', ({ name, text, mistakes }) => {
  it('is clean, and what cannot be told of it is known', async () => {
    const { findings, unknowns } = checkText(text, checks);
    expect(findings).toEqual([]);
    const told = unknowns.map(({ id, resource, why }) => `${id} ${resource}: ${why}\n`);
    await expect(told.join('')).toMatchFileSnapshot(`golden/${name}.unknowns.txt`);
  });

  it.each(mistakes)('$name', async ({ changes, finds }) => {
    const wrong = withChanges(text, changes);
    const findings = findingsIn(wrong);
    expect(findings.map(({ id, resource, position }) => `${id} ${resource} line ${position?.line}`)).toEqual(
      finds.map((one) => `${one.id} ${one.resource} line ${lineOf(wrong, one.in ?? one.resource, one.line)}`),
    );
    for (const { fix } of findings) expect(fix?.says).toMatch(/\w/);
    const { texts } = await fixAll(
      async (edited) => findingsIn(edited.get(FILE) ?? wrong),
      () => wrong,
    );
    const left = findingsIn(texts.get(FILE) ?? wrong);
    expect(left.filter(({ fix }) => fix?.edits.length)).toEqual([]);
    // What only people can decide stays until they do.
    const open = findings.filter(({ fix }) => !fix?.edits.length);
    expect(left.map(({ id }) => id).sort()).toEqual(open.map(({ id }) => id).sort());
  });
});
