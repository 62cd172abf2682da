import type { Forward } from '../../region/forward/model.ts';
import type { StackStatus, TaskStatus } from '../../region/process/protocol.ts';
import { describeTime, isOrdinaryTime, type RegionSettings } from '../../region/process/settings.ts';
import type { Command } from '../command.ts';
import { requireLocal } from '../local.ts';
import { projectName } from '../project.ts';
import { table, type Style } from '../terminal.ts';

export const command: Command = {
  name: 'status',
  summary: 'Show the services of a project, their tasks and addresses',
  usage: '[OPTIONS]',
  options: [{ name: 'json', help: 'print JSON, for programs' }],
  arguments: [0, 0],
  async run(invocation) {
    const stack = await projectName(invocation);
    const { terminal } = invocation;
    const { control, info } = await requireLocal(invocation);
    const status = await control.get<StackStatus>(`status?stack=${encodeURIComponent(stack)}`);
    control.close();
    const { timeScale, pace } = info.settings;
    if (invocation.flag('json')) terminal.out(`${JSON.stringify({ ...status, timeScale, pace }, null, 2)}\n`);
    else terminal.out(`${renderStatus(status, info.settings, terminal.outStyle)}\n`);
    return 0;
  },
};

/** What people read: the state, a row for each service with its tasks' addresses, and where it can be opened. */
export function renderStatus(
  { stack, state, urls, services, forwards }: StackStatus,
  time: Pick<RegionSettings, 'timeScale' | 'pace'>,
  style: Style,
): string {
  const rows = services.map(({ name, desired, scaling, running, healthy, tasks }) => [
    style.bold(name),
    `${count(running, desired, style)}${scaling ? style.dim(` (${scaling.min}–${scaling.max})`) : ''}`,
    healthy === running ? style.green(`${healthy} healthy`) : style.yellow(`${healthy} healthy`),
    tasks.map((task) => address(task, style)).join(' '),
  ]);
  const head = ['SERVICE', 'TASKS', 'HEALTH', 'ADDRESSES'].map((title) => style.dim(title));
  return [
    `${style.bold(stack)}  ${state}${isOrdinaryTime(time) ? '' : style.yellow(`  (${describeTime(time)})`)}`,
    ...(services.length > 0 ? ['', table([head, ...rows])] : []),
    ...(urls.length > 0 ? ['', ...urls.map((url) => style.cyan(url))] : []),
    ...(forwards.length > 0 ? ['', ...forwards.map((forward) => reachable(forward, style))] : []),
  ].join('\n');
}

/** `db 127.0.0.1:5432`: reachable from this machine alone. */
const reachable = ({ service, listeningPort, protocol }: Forward, style: Style): string =>
  `${style.bold(service)} ${style.cyan(`127.0.0.1:${listeningPort}`)}${protocol === 'udp' ? ' (udp)' : ''}`;

const count = (running: number, desired: number, style: Style): string =>
  running === desired ? `${running}/${desired}` : style.yellow(`${running}/${desired}`);

function address({ address: text, lastStatus, health }: TaskStatus, style: Style): string {
  if (lastStatus !== 'RUNNING') return style.dim(`${text || 'no address'} (${lastStatus.toLowerCase()})`);
  return health === 'UNHEALTHY' ? style.red(text) : text;
}
