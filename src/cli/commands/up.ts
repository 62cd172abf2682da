import type { Parameter } from '@aws-sdk/client-cloudformation';
import { steeredValues } from '../../deploy/parameters.ts';
import type { Connection } from '../../region/process/connect.ts';
import type { Forward } from '../../region/forward/model.ts';
import type { StackStatus } from '../../region/process/protocol.ts';
import { checkBefore, noCheckOption } from '../check/before.ts';
import type { Command, Invocation } from '../command.ts';
import { builderOption, buildImages } from '../images.ts';
import { startLocal } from '../local.ts';
import { printNotices } from '../notices.ts';
import { runOnceTasks } from '../once.ts';
import { preflight } from '../preflight.ts';
import { pullPolicy, pullServices } from '../pull.ts';
import { loadProject, type Project } from '../project.ts';
import { secretParameters } from '../secrets.ts';
import { cancelOption, deployProject } from '../stack.ts';
import { localTarget } from '../target.ts';
import { duration } from '../terminal.ts';
import { timeOptions, wantedTime } from '../time-options.ts';
import { renderStatus } from './status.ts';

export const command: Command = {
  name: 'up',
  summary: 'Run a project on this machine, as AWS would',
  usage: '[OPTIONS] [PATH]',
  details:
    'Reads compose.yaml, designs the AWS deployment, and runs it in the local region: real addresses, enforced security\ngroups and routes, a real load balancer. Ends when every service is steady; what runs goes on.',
  options: [
    { name: 'watch', short: 'w', help: 'go on, and restart the services whose sources are edited' },
    { name: 'learn', help: 'open the networks, watch who calls whom, and print the lines that say so' },
    {
      name: 'pull',
      value: 'WHEN',
      help: 'when registries are asked: always, missing or never (default: pull_policy, else missing)',
    },
    builderOption,
    noCheckOption,
    cancelOption,
    ...timeOptions,
  ],
  arguments: [0, 1],
  async run(invocation) {
    const began = Date.now();
    const learn = invocation.flag('learn');
    const time = wantedTime(invocation);
    const project = await loadProject(invocation, invocation.positionals[0], { target: 'local', learn });
    const secrets = secretParameters(project);
    printNotices(invocation.terminal, [...project.app.notices, ...project.design.notices]);
    // While the region starts.
    const checked = checkBefore(invocation, project);
    checked.catch(() => undefined);
    const connection = await startLocal(invocation, time);
    try {
      await checked;
      if (learn) await connection.control.post('flows', { stack: project.app.name, observe: true });
      const code = await up(invocation, project, connection, secrets, began);
      if (code === 0) await goOn(invocation, project, connection);
      return code;
    } catch (error) {
      // What failed before anything was deployed leaves no region behind.
      await connection.control.post('shutdown', { onlyIdle: true }).catch(() => undefined);
      throw error;
    } finally {
      connection.control.close();
    }
  },
};

async function up(
  invocation: Invocation,
  project: Project,
  connection: Connection,
  secrets: readonly Parameter[],
  began: number,
): Promise<number> {
  const { terminal } = invocation;
  const pull = pullPolicy(invocation.text('pull'));
  const { app, design } = project;
  const { control } = connection;
  const target = localTarget(connection);
  const counts = design.parameters.filter(({ kind }) => kind === 'desired-count');
  const held = steeredValues(
    target,
    app.name,
    counts.map((parameter) => ({ name: parameter.name, default: String(parameter.default) })),
  );
  held.catch(() => undefined);
  await preflight(terminal, project, connection);
  const [images] = await Promise.all([
    buildImages(terminal, project, control, invocation.text('builder')),
    pullServices(terminal, project, control, pull),
  ]);
  const parameters: Parameter[] = [...images, ...secrets, ...(await held)];
  await control.setBinds(app.name, design.local.binds);
  const outcome = await deployProject(invocation, project, target, parameters);
  const { forwards } = await control.post<{ readonly forwards: readonly Forward[] }>('forwards', {
    stack: app.name,
    forwards: design.local.forwards,
  });
  sayMoved(terminal, forwards);
  const ran = outcome.kind === 'unchanged' || (await runOnceTasks(terminal, project, target, outcome.stack));
  const status = await control.get<StackStatus>(`status?stack=${encodeURIComponent(app.name)}`);
  const took = duration(Date.now() - began);
  terminal.err('\n');
  terminal.out(`${renderStatus(status, connection.info.settings, terminal.outStyle)}\n`);
  terminal.err(
    outcome.kind === 'unchanged'
      ? `\n${app.name}: nothing changed (${took})\n`
      : `\n${app.name} is up (${took})\n`,
  );
  return ran ? 0 : 1;
}

/** Ports of this machine that another program has already. */
function sayMoved(terminal: Invocation['terminal'], forwards: readonly Forward[]): void {
  for (const { service, hostPort, listeningPort } of forwards)
    if (hostPort !== listeningPort)
      terminal.err(
        `${terminal.style.yellow('port:')} ${hostPort} of this machine is taken; ${service} is at 127.0.0.1:${listeningPort}\n`,
      );
}

/** What follows a deployment, until Ctrl-C: that ends what goes on, and what runs stays. */
async function goOn(invocation: Invocation, project: Project, { control }: Connection): Promise<void> {
  const { terminal } = invocation;
  const [watch, learn] = [invocation.flag('watch'), invocation.flag('learn')];
  if (!watch && !learn) return;
  const interrupt = new AbortController();
  const { signal } = interrupt;
  process.once('SIGINT', () => interrupt.abort());
  process.once('SIGTERM', () => interrupt.abort());
  const { learnCalls } = await import('../learn.ts');
  const { watchProject } = await import('../watch/session.ts');
  await Promise.all([
    watch
      ? watchProject({ terminal, project, control, signal, builder: invocation.text('builder') })
      : undefined,
    learn ? learnCalls(terminal, project, control, signal) : undefined,
  ]);
}
