import type { Parameter } from '@aws-sdk/client-cloudformation';
import { InputError } from '../../common/problem.ts';
import { steeredValues } from '../../deploy/parameters.ts';
import type { Connection } from '../../region/process/connect.ts';
import type { ProbeAnswer, StackStatus } from '../../region/process/protocol.ts';
import type { Command, Invocation } from '../command.ts';
import { buildImages } from '../images.ts';
import { startLocal } from '../local.ts';
import { printNotices } from '../notices.ts';
import { loadProject, type Project } from '../project.ts';
import { deployProject } from '../stack.ts';
import { localTarget } from '../target.ts';
import { duration } from '../terminal.ts';
import { renderStatus } from './status.ts';

/** Ports below this one ordinary users may not open: such a listener is mapped, not refused. */
const FIRST_FREE_PORT = 1024;

export const command: Command = {
  name: 'up',
  summary: 'Run a project on this machine, as AWS would',
  usage: '[OPTIONS] [PATH]',
  details:
    'Reads compose.yaml, designs the AWS deployment, and runs it in the local region: real addresses, enforced security\ngroups and routes, a real load balancer. Ends when every service is steady; what runs goes on.',
  options: [],
  arguments: [0, 1],
  async run(invocation) {
    const began = Date.now();
    const project = await loadProject(invocation, invocation.positionals[0]);
    printNotices(invocation.terminal, [...project.app.notices, ...project.design.notices]);
    const connection = await startLocal(invocation);
    try {
      return await up(invocation, project, connection, began);
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
  { terminal }: Invocation,
  project: Project,
  connection: Connection,
  began: number,
): Promise<number> {
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
  const images = await buildImages(terminal, project, control);
  const parameters: Parameter[] = [...images, ...(await held)];
  const outcome = await deployProject({ terminal }, project, target, parameters);
  const status = await control.get<StackStatus>(`status?stack=${encodeURIComponent(app.name)}`);
  const took = duration(Date.now() - began);
  terminal.err('\n');
  terminal.out(`${renderStatus(status, terminal.outStyle)}\n`);
  terminal.err(
    outcome.kind === 'unchanged'
      ? `\n${app.name}: nothing changed (${took})\n`
      : `\n${app.name} is up (${took})\n`,
  );
  return 0;
}

/** What would fail later is told now: images that cannot be had, ports that another program has. */
async function preflight(
  terminal: Invocation['terminal'],
  { app, design }: Project,
  { control }: Connection,
): Promise<void> {
  const pulled = app.services.flatMap(({ image, build }) => (image && !build ? [image] : []));
  const bases = app.services.flatMap(({ build }) => build?.images ?? []);
  const wanted = design.publicServices.filter(({ listenerPort }) => listenerPort >= FIRST_FREE_PORT);
  const { images, takenPorts } = await control.post<ProbeAnswer>('probe', {
    references: [...new Set([...pulled, ...bases].map(({ value }) => value))],
    ports: wanted.map(({ listenerPort }) => listenerPort),
  });
  const known = new Map(images.map((image) => [image.reference, image]));
  const problems = [
    ...[...pulled, ...bases].flatMap(({ value, position }) => {
      const image = known.get(value);
      return image && !image.available
        ? [
            {
              code: 'image-not-found',
              message: `the image ${value} cannot be had: ${image.reason}`,
              position,
              fix: image.fix,
            },
          ]
        : [];
    }),
    ...wanted
      .filter(({ listenerPort }) => takenPorts.includes(listenerPort))
      .map(({ listenerPort, position }) => ({
        code: 'port-taken',
        message: `port ${listenerPort} is taken by another program on this machine`,
        position,
        fix: `publish another one ("${listenerPort + 1}:…"), or stop the program that listens on it (ss -ltnp 'sport = :${listenerPort}')`,
      })),
  ];
  if (problems.length > 0) throw new InputError(problems);
  for (const { reference, standIn } of images)
    if (standIn !== undefined)
      terminal.err(`${terminal.style.dim('image:')} ${reference} stands in: ${standIn}\n`);
}
