import { InputError } from '../../common/problem.ts';
import { steeredValues } from '../../deploy/parameters.ts';
import type { Command, Invocation, OptionHelp } from '../command.ts';
import { printNotices } from '../notices.ts';
import { loadProject } from '../project.ts';
import { deployProject } from '../stack.ts';
import { remoteTarget, type RemoteOptions } from '../target.ts';
import { duration } from '../terminal.ts';

export const remoteOptions: readonly OptionHelp[] = [
  { name: 'region', value: 'NAME', help: 'AWS region (default: as for the aws CLI)' },
  { name: 'endpoint-url', value: 'URL', help: 'another endpoint that speaks the AWS API' },
];

export const remoteTargetOptions = (invocation: Invocation): RemoteOptions => ({
  region: invocation.text('region'),
  endpointUrl: invocation.text('endpoint-url') ?? invocation.env.AWS_ENDPOINT_URL,
});

export const command: Command = {
  name: 'deploy',
  summary: 'Deploy a project to AWS',
  usage: '[OPTIONS] [PATH]',
  details:
    'The same template and the same calls as `fairway up`, with the credentials of the aws CLI.\nAn image of a `build:` must be in a registry that AWS reaches: --image api=REPOSITORY@sha256:…',
  options: [
    ...remoteOptions,
    {
      name: 'image',
      value: 'SERVICE=REFERENCE',
      multiple: true,
      help: 'where the image of a built service is',
    },
  ],
  arguments: [0, 1],
  async run(invocation) {
    const { terminal } = invocation;
    const began = Date.now();
    const project = await loadProject(invocation, invocation.positionals[0], { target: 'aws' });
    const { app, design } = project;
    printNotices(terminal, [...app.notices, ...design.notices]);
    const given = new Map(invocation.texts('image').map(splitImage));
    const images = design.parameters.filter(({ kind }) => kind === 'image');
    const missing = images.filter(({ service }) => !given.has(service));
    if (missing.length > 0)
      throw new InputError(
        missing.map(({ service }) => ({
          code: 'image-not-published',
          message: `the image of service ${service} is built from source, and AWS needs it in a registry`,
          position: app.services.find(({ name }) => name === service)?.build?.position,
          fix: `push it and add --image ${service}=REPOSITORY@sha256:…`,
        })),
      );
    sayWhere(invocation);
    const target = await remoteTarget(remoteTargetOptions(invocation));
    const counts = design.parameters.filter(({ kind }) => kind === 'desired-count');
    const parameters = [
      ...images.map(({ name, service }) => ({ ParameterKey: name, ParameterValue: given.get(service)! })),
      ...(await steeredValues(
        target,
        app.name,
        counts.map((parameter) => ({ name: parameter.name, default: String(parameter.default) })),
      )),
    ];
    const outcome = await deployProject(invocation, project, target, parameters);
    if (outcome.kind === 'unchanged') terminal.err(`${app.name}: nothing changed\n`);
    else terminal.err(`${app.name} is deployed (${duration(Date.now() - began)})\n`);
    for (const { OutputKey, OutputValue } of outcome.stack.Outputs ?? [])
      terminal.out(`${OutputKey}\t${OutputValue}\n`);
    return 0;
  },
};

/** An endpoint out of the environment is easily forgotten. */
export function sayWhere(invocation: Invocation): void {
  const { endpointUrl } = remoteTargetOptions(invocation);
  if (endpointUrl !== undefined) invocation.terminal.err(`endpoint: ${endpointUrl}\n`);
}

function splitImage(text: string): [service: string, reference: string] {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new InputError([
    {
      code: 'usage',
      message: `--image "${text}" is no SERVICE=REFERENCE`,
      fix: 'write --image api=REPOSITORY@sha256:…',
    },
  ]);
}
