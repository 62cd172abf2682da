import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Machine } from './settings.ts';

/** The edge: this machine, as the programs of `environment` see it. */
export function thisMachine(environment: Readonly<Record<string, string | undefined>>): Machine {
  return {
    environment,
    home: environment['HOME'] || homedir(),
    readFile: (path) => tolerant(() => readFileSync(path, 'utf8')),
    listFolder: (path) => tolerant(() => readdirSync(path).sort()) ?? [],
    runHelper: (name, input) => runHelper(environment, name, input),
  };
}

function tolerant<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EISDIR'].includes(code)) return undefined;
    throw error;
  }
}

/** A helper that asks a person for something has a while to do so. */
const HELPER_PATIENCE = 60_000;

function runHelper(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  input: string,
): Promise<string> {
  // The name comes from a file and becomes a program's: no path, no option.
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name))
    return Promise.reject(new Error(`"${name}" is no name of a credential helper`));
  const program = `docker-credential-${name}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { env, stdio: 'pipe', timeout: HELPER_PATIENCE });
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    child.stdin.on('error', () => undefined);
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new Error(`${program}: executable file not found in $PATH`) : error),
    );
    child.once('close', (code, signal) => {
      const text = Buffer.concat(output).toString('utf8');
      if (code === 0) resolve(text);
      else
        reject(
          new Error(
            `${program} get: ${(text + Buffer.concat(complaints).toString('utf8')).trim() || (signal ?? `exit status ${code}`)}`,
          ),
        );
    });
    child.stdin.end(input);
  });
}
