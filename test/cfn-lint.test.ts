import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHome, users, type Home } from './support/fairway.ts';
import { findProgram } from './support/programs.ts';

const linter = findProgram('cfn-lint');
const needs = linter === undefined ? ' (needs cfn-lint, and there is no `cfn-lint` in PATH)' : '';

describe.skipIf(linter === undefined)(`the templates of the examples pass cfn-lint${needs}`, () => {
  let home: Home;
  beforeAll(() => {
    home = createHome(users[0]);
  });
  afterAll(() => home?.dispose());

  test.each(readdirSync('examples'))('%s', async (name) => {
    const template = join(home.directory, `${name}.yaml`);
    const { code, stderr } = await home.run(['synth', home.example(name), '--output', template]);
    expect(code, stderr).toBe(0);
    const lint = await promisify(execFile)(linter!, [template]).catch((error: { stdout: string }) => error);
    expect(lint.stdout).toBe('');
  });
});
