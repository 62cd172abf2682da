import { InputError } from '../../common/problem.ts';
import { steeredValues } from '../../deploy/parameters.ts';
import { thisMachine } from '../../oci/machine.ts';
import { readRegistrySettings } from '../../oci/settings.ts';
import { checkBefore, noCheckOption } from '../check/before.ts';
import type { Command, Invocation } from '../command.ts';
import { builderOption } from '../images.ts';
import { checkImages } from '../image-preflight.ts';
import { printNotices } from '../notices.ts';
import { loadProject } from '../project.ts';
import { runOnceTasks } from '../once.ts';
import { publishBuilds } from '../publish.ts';
import { secretParameters } from '../secrets.ts';
import { cancelOption, deployProject } from '../stack.ts';
import { remoteOptions, remoteTargetOptions } from '../remote-options.ts';
import { isLoopback, remoteTarget } from '../target.ts';
import { duration } from '../terminal.ts';

export const command: Command = {
  name: 'deploy',
  summary: 'Deploy a project to AWS',
  usage: '[OPTIONS] [PATH]',
  details:
    'The same template and the same calls as `fairway up`, with the credentials of the aws CLI.\nServices with a `build:` are built here and pushed to ECR; --image api=REPOSITORY@sha256:… names one that is there.',
  options: [
    ...remoteOptions,
    builderOption,
    noCheckOption,
    cancelOption,
    {
      name: 'image',
      value: 'SERVICE=REFERENCE',
      multiple: true,
      help: 'the image of a service with a build, instead of building it',
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
    const secrets = secretParameters(project);
    await checkBefore(invocation, project);
    sayWhere(invocation);
    const options = remoteTargetOptions(invocation);
    const target = await remoteTarget(options);
    const trial = options.endpointUrl !== undefined && isLoopback(options.endpointUrl);
    const settings = readRegistrySettings(thisMachine(invocation.env));
    if (!trial) await checkImages(terminal, project, given.values(), settings);
    const unpublished = images.filter(({ service }) => !given.has(service));
    const published = await publishBuilds(invocation, project, unpublished, { target, settings, trial });
    const counts = design.parameters.filter(({ kind }) => kind === 'desired-count');
    const parameters = [
      ...images.map(({ name, service }) => ({
        ParameterKey: name,
        ParameterValue: (given.get(service) ?? published.get(service))!,
      })),
      ...secrets,
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
    const ran =
      outcome.kind === 'unchanged' || (await runOnceTasks(terminal, project, target, outcome.stack));
    return ran ? 0 : 1;
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
