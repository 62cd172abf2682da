import type { ExaminedStack } from '../../template/stacks/model.ts';
import { usageError, type Command, type Invocation } from '../command.ts';
import { remoteOptions } from '../remote-options.ts';

export const command: Command = {
  name: 'diff',
  summary: 'Show what a change would do: what is replaced, and what loses data',
  usage: '[OPTIONS] [OLD NEW | PATH]',
  details:
    'OLD and NEW are templates or compose files. Without OLD, the project is compared with its stack as it runs: in the\nlocal region, or on AWS with --region or --endpoint-url. A template is compared with the stack that -p names.',
  options: [
    { name: 'parameter', value: 'NAME=VALUE', multiple: true, help: 'value of a template parameter' },
    { name: 'json', help: 'print JSON, for programs' },
    { name: 'exit-code', help: 'exit 1 where there is a difference' },
    ...remoteOptions,
  ],
  arguments: [0, 2],
  async run(invocation) {
    const { terminal } = invocation;
    const [{ compareStacks }, { renderDiff, isEmpty }] = await Promise.all([
      import('../../template/difference/compare.ts'),
      import('../diff/render.ts'),
    ]);
    const [before, after] = await sidesOf(invocation);
    const diff = compareStacks(before, after);
    if (invocation.flag('json')) terminal.out(`${JSON.stringify(diff, null, 2)}\n`);
    else terminal.out(isEmpty(diff) ? 'nothing changes\n' : renderDiff(diff, terminal.outStyle));
    return invocation.flag('exit-code') && !isEmpty(diff) ? 1 : 0;
  },
};

async function sidesOf(
  invocation: Invocation,
): Promise<readonly [before: ExaminedStack, after: ExaminedStack]> {
  const [{ sideOf, examined, runningStack }, { parseParameters }, { sourceAt }, { loadProject, readText }] =
    await Promise.all([
      import('../diff/sides.ts'),
      import('../check/known.ts'),
      import('../check/sources.ts'),
      import('../project.ts'),
    ]);
  const [first, second] = invocation.positionals;
  const parameters = parseParameters(invocation.texts('parameter'));
  const region = invocation.text('region') ?? invocation.env.AWS_REGION;
  if (first !== undefined && second !== undefined)
    return Promise.all([
      sideOf(invocation, first, { parameters, region }),
      sideOf(invocation, second, { parameters, region }),
    ]);
  const { cwd } = invocation;
  const { target, purpose, close } = await targetOf(invocation);
  try {
    const source = first === undefined ? undefined : sourceAt(first, cwd, (file) => readText(cwd, file));
    if (source?.kind === 'template') {
      const name = invocation.text('project-name');
      if (name === undefined)
        throw usageError(command, 'name the stack that the template is compared with: -p NAME');
      const running = await runningStack(target, name);
      const given = { parameters: { ...running.parameters, ...parameters }, region };
      return [
        examined(`stack ${name}`, running.template, { ...given, parameters: running.parameters }),
        examined(source.file, source.text, given, (file) => readText(cwd, file)),
      ];
    }
    const { app, design } = await loadProject(invocation, first, { target: purpose });
    const running = await runningStack(target, app.name);
    const given = { parameters: { ...running.parameters, ...parameters }, region };
    return [
      examined(`stack ${app.name}`, running.template, { ...given, parameters: running.parameters }),
      examined(app.files[0] ?? app.name, JSON.stringify(design.template), given),
    ];
  } finally {
    close();
  }
}

/** The local region, unless another one is named. */
async function targetOf(invocation: Invocation) {
  const [{ localTarget, remoteTarget }, { requireLocal }, { remoteTargetOptions }] = await Promise.all([
    import('../target.ts'),
    import('../local.ts'),
    import('../remote-options.ts'),
  ]);
  const options = remoteTargetOptions(invocation);
  if (options.region !== undefined || options.endpointUrl !== undefined)
    return { target: await remoteTarget(options), purpose: 'aws' as const, close: () => undefined };
  const connection = await requireLocal(invocation);
  return {
    target: localTarget(connection),
    purpose: 'local' as const,
    close: () => connection.control.close(),
  };
}
