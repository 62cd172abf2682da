import { nearest } from '../common/nearest.ts';
import { formatProblem, InputError, OperationError, type Problem } from '../common/problem.ts';
import { commonOptions, helpText, parseInvocation, type Command } from './command.ts';
import { createTerminal } from './terminal.ts';

/** Every command: its name, one line on it, and the file it lives in, which is loaded when it is called. */
const commands: Readonly<
  Record<string, readonly [summary: string, load: () => Promise<{ command: Command }>]>
> = {
  up: ['Run a project on this machine, as AWS would', () => import('./commands/up.ts')],
  down: ['Stop a project and remove what it made', () => import('./commands/down.ts')],
  status: ['Show the services of a project, their tasks and addresses', () => import('./commands/status.ts')],
  logs: ['Show what the services say', () => import('./commands/logs.ts')],
  exec: ['Run a command in a running task', () => import('./commands/exec.ts')],
  scale: ['Change how many tasks a service has', () => import('./commands/scale.ts')],
  denials: ['Show the packets that were dropped, and what decided it', () => import('./commands/denials.ts')],
  images: [
    'Show the images of this machine, pull them, free what nothing uses',
    () => import('./commands/images.ts'),
  ],
  init: ['Write into a compose file what AWS needs to know', () => import('./commands/init.ts')],
  check: ['Find what would fail on AWS, before anything is deployed', () => import('./commands/check.ts')],
  why: ['Show how one end reaches another, and what decides on the way', () => import('./commands/why.ts')],
  diff: [
    'Show what a change would do: what is replaced, and what loses data',
    () => import('./commands/diff.ts'),
  ],
  draw: ['Draw a deployment, and which of its flows hold', () => import('./commands/draw.ts')],
  synth: ['Print the CloudFormation template of a project', () => import('./commands/synth.ts')],
  deploy: ['Deploy a project to AWS', () => import('./commands/deploy.ts')],
  destroy: ['Delete a deployed project from AWS', () => import('./commands/destroy.ts')],
  region: [
    'Run the local AWS region in the foreground, for any AWS client',
    () => import('./commands/region.ts'),
  ],
  env: ['Print the settings that lead AWS tools to the local region', () => import('./commands/env.ts')],
  doctor: ['Tell what this machine can and cannot do', () => import('./commands/doctor.ts')],
};

const terminal = createTerminal(process.stdout, process.stderr, process.env);

/** The command's name may stand behind common options, as in `fairway -f PATH up`. */
function splitCommand(args: readonly string[]): {
  name: string | undefined;
  before: readonly string[];
  after: readonly string[];
} {
  const takesValue = new Set(
    commonOptions
      .filter(({ value }) => value)
      .flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])]),
  );
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!;
    if (takesValue.has(argument)) index++;
    else if (!argument.startsWith('-'))
      return { name: argument, before: args.slice(0, index), after: args.slice(index + 1) };
  }
  return { name: undefined, before: args, after: [] };
}

function overview(): string {
  const rows = Object.entries(commands).map(([name, [summary]]) => `  ${name.padEnd(10)} ${summary}`);
  return [
    'Usage: fairway [-f PATH] COMMAND',
    '',
    'Gets a compose.yaml onto AWS: designs the deployment, runs it for real on this machine, deploys it.',
    '',
    'Commands:',
    ...rows,
    '',
    'fairway COMMAND --help tells more of each.',
    '',
  ].join('\n');
}

async function main(args: readonly string[]): Promise<number> {
  const { name, before, after } = splitCommand(args);
  if (name === undefined || name === 'help') {
    if (args.includes('--version')) {
      terminal.out('fairway 0.1.0\n');
      return 0;
    }
    const asked = name === 'help' || args.includes('--help') || args.includes('-h') || args.length === 0;
    terminal[asked ? 'out' : 'err'](overview());
    return asked ? 0 : 2;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!entry) {
    const near = nearest(name, Object.keys(commands));
    throw new InputError([
      {
        code: 'usage',
        message: `unknown command "${name}"`,
        fix: near ? `write fairway ${near}` : `the commands are: ${Object.keys(commands).join(', ')}`,
      },
    ]);
  }
  const { command } = await entry[1]();
  const invocation = parseInvocation(
    command,
    { before, after },
    { terminal, env: process.env, cwd: process.cwd() },
  );
  if (invocation.flag('help')) {
    terminal.out(helpText(command));
    return 0;
  }
  return command.run(invocation);
}

/** One message and an exit code: 2 for wrong input, 1 for what failed. Never a stack trace. */
function report(error: unknown): number {
  const { red } = terminal.style;
  if (error instanceof InputError) {
    for (const problem of explainedOnce(error.problems))
      terminal.err(`${red('error:')} ${formatProblem(problem)}\n`);
    return 2;
  }
  if (error instanceof OperationError) {
    terminal.err(
      `${red('error:')} ${error.message}${error.fix ? `\n  ${error.fix.replaceAll('\n', '\n  ')}` : ''}\n`,
    );
    return 1;
  }
  terminal.err(`${red('error:')} ${error instanceof Error ? error.message : String(error)}\n`);
  if (isUnreachable(error))
    terminal.err('  is the endpoint right (--endpoint-url, AWS_ENDPOINT_URL), and the network there?\n');
  if (process.env.FAIRWAY_DEBUG && error instanceof Error) terminal.err(`${error.stack}\n`);
  return 1;
}

/** What is said at length of several problems stands below the last of them. */
const explainedOnce = (problems: readonly Problem[]): readonly Problem[] =>
  problems.map((problem, index) =>
    (problem.fix?.length ?? 0) > 120 && problems.slice(index + 1).some(({ fix }) => fix === problem.fix)
      ? { ...problem, fix: undefined }
      : problem,
  );

const isUnreachable = (error: unknown): boolean =>
  error instanceof Error &&
  ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );

// A reader that leaves early (`fairway logs | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});
process.exitCode = await main(process.argv.slice(2)).catch(report);
