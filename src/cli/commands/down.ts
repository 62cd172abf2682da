import { createInterface } from 'node:readline/promises';
import type { Command, Invocation } from '../command.ts';
import { startLocal } from '../local.ts';
import { projectName } from '../project.ts';
import { destroyProject } from '../stack.ts';
import { localTarget } from '../target.ts';
import { duration } from '../terminal.ts';

export const command: Command = {
  name: 'down',
  summary: 'Stop a project and remove what it made',
  usage: '[OPTIONS]',
  details: 'Named volumes stay, unless --volumes is given.',
  options: [
    { name: 'volumes', short: 'v', help: 'delete the named volumes too; asks on a terminal' },
    { name: 'yes', short: 'y', help: 'do not ask' },
  ],
  arguments: [0, 0],
  async run(invocation) {
    const { terminal } = invocation;
    const began = Date.now();
    const stackName = await projectName(invocation);
    const volumes = invocation.flag('volumes');
    if (volumes && !invocation.flag('yes') && !(await confirm(invocation, stackName))) return 1;
    // A region that was killed has still what it must take down: it is started for that.
    const connection = await startLocal(invocation);
    const { control } = connection;
    const target = localTarget(connection);
    const existed = await destroyProject(invocation, stackName, target);
    if (volumes) {
      const { removed } = await control.post<{ removed: readonly string[] }>('remove-volumes', {
        prefix: `${stackName}_`,
      });
      for (const volume of removed) terminal.err(`deleted volume ${volume}\n`);
    }
    await control.post('shutdown', { onlyIdle: true });
    control.close();
    terminal.err(
      existed ? `${stackName} is down (${duration(Date.now() - began)})\n` : `${stackName} does not run\n`,
    );
    return 0;
  },
};

async function confirm({ terminal }: Invocation, stackName: string): Promise<boolean> {
  if (!terminal.interactive || !process.stdin.isTTY) return true;
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await questions.question(
    `Delete the named volumes of ${stackName} and what is in them? [y/N] `,
  );
  questions.close();
  return /^y(es)?$/i.test(answer.trim());
}
