import { createInterface } from 'node:readline/promises';
import { usageError, type Command } from '../command.ts';
import { projectName } from '../project.ts';
import { destroyProject } from '../stack.ts';
import { remoteTarget } from '../target.ts';
import { remoteOptions, remoteTargetOptions } from '../remote-options.ts';
import { sayWhere } from './deploy.ts';

export const command: Command = {
  name: 'destroy',
  summary: 'Delete a deployed project from AWS',
  usage: '[OPTIONS]',
  options: [...remoteOptions, { name: 'yes', short: 'y', help: 'do not ask' }],
  arguments: [0, 0],
  async run(invocation) {
    const { terminal } = invocation;
    const stackName = await projectName(invocation);
    if (!invocation.flag('yes')) {
      if (!process.stdin.isTTY)
        throw usageError(command, 'there is nobody to ask: --yes deletes without asking');
      const questions = createInterface({ input: process.stdin, output: process.stderr });
      const answer = await questions.question(`Delete stack ${stackName} and everything in it? [y/N] `);
      questions.close();
      if (!/^y(es)?$/i.test(answer.trim())) return 1;
    }
    sayWhere(invocation);
    const target = await remoteTarget(remoteTargetOptions(invocation));
    const existed = await destroyProject(invocation, stackName, target);
    terminal.err(existed ? `stack ${stackName} is deleted\n` : `there is no stack ${stackName}\n`);
    return 0;
  },
};
