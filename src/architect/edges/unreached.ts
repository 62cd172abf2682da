import type { App, Service } from '../../compose/app.ts';
import type { Problem } from '../../common/problem.ts';
import type { Edge } from '../design-model.ts';
import { publish } from '../exposure/publish.ts';
import { knownImage } from '../known-images.ts';
import type { SourceText, Texts } from '../options.ts';
import { compareText } from '../naming.ts';
import { listeningPorts } from '../ports.ts';
import { BY_INIT } from '../problems.ts';
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
  const { publicServices, forwards } = publish(tasks);
  const isAmong = (ports: readonly { readonly service: string }[], { owner }: Task) =>
    ports.some(({ service }) => service === owner.name);
  const isPublic = (task: Task) =>
    isAmong(publicServices, task) ||
    (members(task).some(({ settings, ports }) => settings.public && ports.length > 0) &&
      !isAmong(forwards, task));
  const open = tasks.filter((task) => task.kind === 'service' && !isReached(task, edges) && !isPublic(task));
  const read = open.length > 0 ? texts('all') : [];
  return open.map((task) => {
    const { owner: service } = task;
    const ofThisMachine = isAmong(forwards, task);
    const named = candidates(app, service, read).filter(({ exact }) => exact || !ofThisMachine);
    const callers = named.length > 0 ? named : onlyPeer(app, service);
    const alone = !app.services.some((other) => other !== service && sharesNetwork(other, service));
    return {
      service,
      callers,
      worker: callers.length === 0 && (alone || ofThisMachine || listensNowhere(service)),
    };
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
  edges.some(({ to }) => to === task.owner.name) || members(task).some(({ settings }) => settings.worker);

/** A data store is there for somebody: where one service alone could be that, it is. */
function onlyPeer(app: App, called: Service): readonly Candidate[] {
  const known = knownImage(called.image?.value ?? called.build?.baseImage);
  if (!known?.store) return [];
  const [peer, ...others] = app.services.filter(
    (other) => other !== called && other.lifetime !== 'once' && sharesNetwork(other, called),
  );
  if (!peer || others.length > 0) return [];
  const [{ port } = known] = listeningPorts(called);
  return [{ service: peer.name, because: 'nothing else shares a network with it', port, exact: true }];
}

/** A build tells what it listens on, an image does not. */
const listensNowhere = ({ build, expose, ports }: Service): boolean =>
  build !== undefined && build.expose.length === 0 && expose.length === 0 && ports.length === 0;

/** A service in whose environment, configuration or source a name stands. */
export interface Candidate {
  readonly service: string;
  /** Where it is named, for the most part. */
  readonly because: string;
  readonly port?: number;
  /** More than a word among others: an address, or a text that is nothing but the name. */
  readonly exact: boolean;
}

/** Who may be calling a service, the likeliest first: a URL or `host:port` tells more than the word alone. */
export function candidates(app: App, called: Service, texts: readonly SourceText[]): readonly Candidate[] {
  const lookup = hostNames(app);
  const mine = (host: string) => lookup(host).filter((name) => name === called.name);
  const names = [called.name, ...called.aliases];
  const word = new RegExp(`(?<![\\w.-])(${names.map(escaped).join('|')})(?![\\w-]|\\.\\w)`, 'i');
  const literal = new RegExp(`(["'\`])(${names.map(escaped).join('|')})\\1`, 'i');
  const found = new Map<string, Candidate>();
  for (const { service, file, text } of allTexts(app, texts)) {
    if (service === called.name) continue;
    const caller = app.services.find(({ name }) => name === service);
    if (!caller || caller.lifetime === 'once' || !sharesNetwork(caller, called)) continue;
    const [mention] = textMentions(text, mine);
    if (!mention && !word.test(text)) continue;
    const before = found.get(service);
    const exact = mention !== undefined || literal.test(text) || names.includes(text);
    const tellsMore = mention?.port !== undefined || (exact && !before?.exact);
    if (before && (before.port !== undefined || !tellsMore)) continue;
    found.set(service, {
      service,
      because: `${file} names it`,
      exact,
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
  const lines = callers.map(({ service, because, port }) => {
    const target = port === undefined ? name : `${name}:${port}`;
    return `services.${service}:  x-aws: {calls: ["${target}"]}    # ${because}`;
  });
  return {
    code: 'nothing-calls',
    message: `nothing is known to call ${name}, and ${called.ports.length > 0 ? 'its port is for this machine alone' : 'it publishes no port'}: every connection to it would be dropped`,
    position,
    fix: [
      lines.length > 0
        ? 'say who calls it, as seems likely:'
        : 'say who calls it, under the service that does:',
      ...(lines.length > 0 ? lines : [`  x-aws: {calls: ["${name}${knownPort(called)}"]}`]),
      `or, where nothing connects to it: services.${name}:  x-aws: {worker: true}`,
      'fairway up --learn finds it by watching what really flows',
      BY_INIT,
    ].join('\n'),
  };
}
