import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home, Result } from './fairway.ts';

/** Other people's AWS tools, run as a home's user with nothing but the settings that `fairway env` prints. */
export interface AwsTools {
  readonly settings: Readonly<Record<string, string>>;
  /** `aws …`, as it ends. */
  aws(...args: readonly string[]): Promise<Result>;
  /** What `aws … --output json` prints; throws where it fails. */
  json<Answer>(...args: readonly string[]): Promise<Answer>;
  /** A Python program, as it ends. */
  python(program: string): Promise<Result>;
}

export async function awsTools(home: Home): Promise<AwsTools> {
  const { stdout } = await home.run(['env', '--json']);
  return awsToolsWith(home, JSON.parse(stdout) as Record<string, string>);
}

/** The same with settings that were printed otherwise. */
export function awsToolsWith(home: Home, settings: Readonly<Record<string, string>>): AwsTools {
  const run = (program: string, args: readonly string[]) =>
    new Promise<Result>((resolve) => {
      const env = { PATH: home.env.PATH, HOME: home.directory, AWS_PAGER: '', ...settings };
      execFile(
        program,
        args,
        { cwd: home.directory, env, maxBuffer: 64 << 20, ...home.user.ids },
        (error, stdout, stderr) =>
          resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr }),
      );
    });
  const aws = (...args: readonly string[]) => run('aws', args);
  return {
    settings,
    aws,
    async json<Answer>(...args: readonly string[]) {
      const { code, stdout, stderr } = await aws(...args, '--output', 'json');
      if (code !== 0) throw new Error(`aws ${args.join(' ')} exited ${code}: ${stderr}`);
      return JSON.parse(stdout) as Answer;
    },
    python(program) {
      const file = join(home.directory, 'program.py');
      writeFileSync(file, program);
      return run('python3', [file]);
    },
  };
}
