import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../common/problem.ts';
import { parseTemplate } from '../template/index.ts';
import { design } from './design.ts';
import { renderTemplate } from './synth.ts';
import { GOLDENS } from './testing/goldens.ts';
import { appOf } from './testing/systems.ts';

describe.each(Object.entries(GOLDENS))('%s', (name, { files, options }) => {
  const made = () => design(appOf(files), options);
  const text = renderTemplate(made().template);

  it('is what it was', () => expect(text).toMatchFileSnapshot(`golden/${name}.yaml`));

  it('tells what it told', () => {
    const { notices, secrets, once, local, edges } = made();
    const told = {
      notices: notices.map(formatProblem),
      edges: edges.map(
        ({ from, to, port, protocol = 'tcp', because }) => `${from} → ${to}:${port}/${protocol} (${because})`,
      ),
      secrets: secrets.map(({ parameter, from }) => ({ parameter, from })),
      once,
      local,
    };
    return expect(`${JSON.stringify(told, null, 2)}\n`).toMatchFileSnapshot(`golden/${name}.json`);
  });

  it('reads back as the same template', () => {
    const { template } = parseTemplate(text);
    expect(template).toEqual(made().template);
  });
});

it.skipIf(!hasCfnLint())(
  'all of them pass cfn-lint without a word',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairway-lint-'));
    try {
      const files = Object.entries(GOLDENS).map(([name, { files: sources, options }]) => {
        const file = join(folder, `${name}.yaml`);
        writeFileSync(file, renderTemplate(design(appOf(sources), options).template));
        return file;
      });
      expect(lint(files)).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  180_000,
);

function hasCfnLint(): boolean {
  try {
    execFileSync('cfn-lint', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function lint(files: readonly string[]): string {
  try {
    return execFileSync('cfn-lint', files, { encoding: 'utf8' });
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  }
}
