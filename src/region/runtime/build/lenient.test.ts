import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lenientProgram } from './lenient.ts';

/** In a user namespace with one id, as an ordinary user has it. */
const alone = async (...argv: readonly string[]) =>
  promisify(execFile)('unshare', ['--user', '--map-root-user', '--', ...argv]).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  );

describe.runIf(process.arch === 'x64')('the program before a step where one id exists', () => {
  let folder: string;
  let program: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fairway-lenient-'));
    program = join(folder, 'lenient');
    writeFileSync(program, lenientProgram());
    chmodSync(program, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('lets owners be given to nobody', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect((await alone('/bin/chown', '7:8', file)).code).toBe(1);
    expect((await alone(program, '/bin/chown', '7:8', file)).code).toBe(0);
    expect((await alone(program, '/bin/stat', '-c', '%u %g', file)).stdout).toBe('0 0\n');
  });
  it('hands on arguments, environment and the exit code, and tells a program that is not there', async () => {
    const words = [program, '/bin/sh', '-c', 'echo "$A/$1/$2"; exit 3', 'x', 'one', 'two words'];
    expect(await alone('/usr/bin/env', 'A=b', ...words)).toEqual({ code: 3, stdout: 'b/one/two words\n' });
    expect((await alone(program, '/nothing')).code).toBe(125);
  });
});
