import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { renderTemplate } from '../../architect/synth.ts';
import type { Command } from '../command.ts';
import { printNotices } from '../notices.ts';
import { loadProject } from '../project.ts';

export const command: Command = {
  name: 'synth',
  summary: 'Print the CloudFormation template of a project',
  usage: '[OPTIONS] [PATH]',
  details: 'The template deploys without Fairway too: aws cloudformation deploy --template-file FILE …',
  options: [
    { name: 'output', short: 'o', value: 'FILE', help: 'write it to a file' },
    { name: 'json', help: 'as JSON' },
    { name: 'local', help: 'the template of `fairway up`: with the mounts and volumes of this machine' },
  ],
  arguments: [0, 1],
  async run(invocation) {
    const { app, design } = await loadProject(invocation, invocation.positionals[0], {
      target: invocation.flag('local') ? 'local' : 'aws',
    });
    printNotices(invocation.terminal, [...app.notices, ...design.notices]);
    const text = invocation.flag('json')
      ? `${JSON.stringify(design.template, null, 2)}\n`
      : renderTemplate(design.template);
    const output = invocation.text('output');
    if (output === undefined) invocation.terminal.out(text);
    else await writeFile(resolve(invocation.cwd, output), text);
    return 0;
  },
};
