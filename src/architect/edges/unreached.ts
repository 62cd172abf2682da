import type { App, Service } from '../../compose/app.ts';
import type { Problem } from '../../common/problem.ts';
import type { Edge } from '../design-model.ts';
import type { SourceText, Texts } from '../options.ts';
import { compareText } from '../naming.ts';
import { listeningPorts } from '../ports.ts';
import { members, type Task } from '../tasks.ts';
import { textMentions } from './mentions.ts';
import { sharesNetwork } from './edges.ts';
import { hostNames } from './names.ts';

export interface Unreached {
  readonly problems: readonly Problem[];
  readonly notices: readonly Problem[];
}

/** A service that nothing is known to call, and who may be calling it. */
export interface OpenService {
  readonly service: Service;
  readonly callers: readonly Candidate[];
  /** It is known to listen nowhere, or nobody could reach it, and nobody names it. */
  readonly worker: boolean;
}

/** Services that nothing calls, nobody publishes and no one declares workers: the line that is missing stands somewhere else. */
export function openServices(
  app: App,
  tasks: readonly Task[],
  edges: readonly Edge[],
  texts: Texts,
): readonly OpenService[] {
  const open = tasks.filter((task) => task.kind === 'service' && !isReached(task, edges));
  const read = open.length > 0 ? texts('all') : [];
  return open.map(({ owner: service }) => {
    const callers = candidates(app, service, read);
    const alone = !app.services.some((other) => other !== service && sharesNetwork(other, service));
    return { service, callers, worker: callers.length === 0 && (alone || listensNowhere(service)) };
  });
}

export function unreached(open: readonly OpenService[]): Unreached {
  return {
    problems: open.filter(({ worker }) => !worker).map(({ service, callers }) => problem(service, callers)),
    notices: open
      .filter(({ worker }) => worker)
      .map(({ service: { name, position } }) => ({
        code: 'taken-as-worker',
        message: `nothing calls ${name}, and nothing names it: it is taken as a worker`,
        position,
      })),
  };
}

const isReached = (task: Task, edges: readonly Edge[]): boolean =>
  edges.some(({ to }) => to === task.owner.name) ||
  members(task).some(({ ports, settings }) => settings.worker || (settings.public && ports.length > 0));

/** A build tells what it listens on, an image does not. */
const listensNowhere = ({ build, expose, ports }: Service): boolean =>
  build !== undefined && build.expose.length === 0 && expose.length === 0 && ports.length === 0;

/** A service in whose environment, configuration or source a name stands. */
export interface Candidate {
  readonly service: string;
  /** Where: a file, or a variable. */
  readonly where: string;
  readonly port?: number;
}

/** Who may be calling a service, the likeliest first: a URL or `host:port` tells more than the word alone. */
export function candidates(app: App, called: Service, texts: readonly SourceText[]): readonly Candidate[] {
  const lookup = hostNames(app);
  const mine = (host: string) => lookup(host).filter((name) => name === called.name);
  const names = [called.name, ...called.aliases];
  const word = new RegExp(`(?<![\\w.-])(${names.map(escaped).join('|')})(?![\\w-]|\\.\\w)`, 'i');
  const found = new Map<string, Candidate>();
  for (const { service, file, text } of allTexts(app, texts)) {
    if (service === called.name) continue;
    const caller = app.services.find(({ name }) => name === service);
    if (!caller || caller.lifetime === 'once' || !sharesNetwork(caller, called)) continue;
    const [mention] = textMentions(text, mine);
    if (!mention && !word.test(text)) continue;
    const before = found.get(service);
    if (before?.port !== undefined || (before && mention?.port === undefined)) continue;
    found.set(service, {
      service,
      where: file,
      ...(mention?.port === undefined ? {} : { port: mention.port }),
    });
  }
  return [...found.values()].sort(
    (a, b) =>
      Number(a.port === undefined) - Number(b.port === undefined) || compareText(a.service, b.service),
  );
}

const escaped = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const allTexts = (app: App, texts: readonly SourceText[]): readonly SourceText[] => [
  ...app.services.flatMap(({ name: service, environment }) =>
    environment.map(({ name, value }) => ({ service, file: `the variable ${name}`, text: value })),
  ),
  ...configurationTexts(app),
  ...texts,
];

/** What configs hold that are written out in the compose file. */
export const configurationTexts = (app: App): readonly SourceText[] =>
  app.services.flatMap(({ name: service, files }) =>
    files.flatMap(({ kind, source }) => {
      const from = kind === 'config' ? app.configs.find(({ name }) => name === source)?.from : undefined;
      return from?.kind === 'content' ? [{ service, file: `the config ${source}`, text: from.content }] : [];
    }),
  );

const knownPort = (called: Service): string => (listeningPorts(called).length > 0 ? '' : ':PORT');

function problem(called: Service, callers: readonly Candidate[]): Problem {
  const { name, position } = called;
  const lines = callers.map(({ service, where, port }) => {
    const target = port === undefined ? name : `${name}:${port}`;
    return `services.${service}:  x-aws: {calls: ["${target}"]}    # ${where} names it`;
  });
  return {
    code: 'nothing-calls',
    message: `nothing is known to call ${name}, and it publishes no port: every connection to it would be dropped`,
    position,
    fix: [
      lines.length > 0
        ? `say who calls it; it is named in ${lines.length === 1 ? 'one place' : 'these places'}:`
        : 'say who calls it, under the service that does:',
      ...(lines.length > 0 ? lines : [`  x-aws: {calls: ["${name}${knownPort(called)}"]}`]),
      `or, where nothing connects to it: services.${name}:  x-aws: {worker: true}`,
      'fairway init writes such lines; fairway up --learn finds them by watching what really flows',
    ].join('\n'),
  };
}
