import {
  type App,
  type NamedVolume,
  type Service,
  STATES,
  type State,
  volumeMounts,
} from '../compose/app.ts';
import { findEdges } from './edges/edges.ts';
import { type OpenService, openServices } from './edges/unreached.ts';
import { type UnstatedCall, unstatedCalls } from './edges/unstated.ts';
import { knownImage } from './known-images.ts';
import { compareText } from './naming.ts';
import type { Texts } from './options.ts';
import { ascending, listeningPorts } from './ports.ts';
import { groupTasks } from './tasks.ts';

/** A line of a compose file: `value` under `key` of the mapping at `path`; added to what is there where it is a list. */
export interface Line {
  readonly file: string;
  readonly path: readonly string[];
  readonly key: string;
  readonly value: string | boolean;
  readonly list: boolean;
}

export interface Choice {
  readonly label: string;
  /** What happens where it is wrong. */
  readonly ifWrong: string;
  readonly lines: readonly Line[];
}

/** What nobody can know but who wrote the project. */
export interface Question {
  readonly text: string;
  readonly choices: readonly Choice[];
  /** Index of the likeliest; absent where nothing speaks for any. */
  readonly preferred?: number;
  /** What may be written in place of a number. */
  readonly other?: { readonly hint: string; readonly lines: (text: string) => readonly Line[] | undefined };
}

/** Everything that a design for AWS would ask for, and the lines that answer it. */
export function openQuestions(app: App, texts: Texts): readonly Question[] {
  const services = [...app.services].sort((a, b) => compareText(a.name, b.name));
  const sorted: App = { ...app, services };
  const { tasks } = groupTasks(services);
  const ports = new Map(
    tasks.map(({ owner, sidecars }) => [owner.name, ascending([owner, ...sidecars].flatMap(listeningPorts))]),
  );
  const { edges, unknownPorts } = findEdges(sorted, tasks, ports);
  const open = openServices(sorted, tasks, edges, texts);
  const told = new Set(
    open
      .filter(({ callers }) => callers.some(({ port }) => port !== undefined))
      .map(({ service }) => service.name),
  );
  const isOpen = (name: string) => open.some(({ service }) => service.name === name);
  return [
    ...services
      .filter(({ name }) => unknownPorts.has(name) && !told.has(name))
      .map((service) => portQuestion(service)),
    ...open
      .filter(({ worker, service: { name } }) => !worker && (told.has(name) || !unknownPorts.has(name)))
      .map((one) => callerQuestion(sorted, one)),
    ...unstatedCalls(sorted, tasks, edges, texts('all'))
      .filter(({ to }) => !isOpen(to))
      .map((call) => callQuestion(sorted, call)),
    ...app.volumes
      .filter(({ state }) => state === undefined)
      .flatMap((volume) => {
        const user = services.find((service) =>
          volumeMounts(service).some((mount) => mount.volume === volume.name),
        );
        return user ? [volumeQuestion(volume, user)] : [];
      }),
  ];
}

const under = ({ name, position }: Service, key: 'calls' | 'worker', value: string | boolean): Line => ({
  file: position.file,
  path: ['services', name, 'x-aws'],
  key,
  value,
  list: key === 'calls',
});

const worker = (service: Service): Choice => ({
  label: `nothing: ${service.name} is a worker`,
  ifWrong: 'connections to it are dropped; fairway denials shows each of them',
  lines: [under(service, 'worker', true)],
});

function callerQuestion(app: App, { service, callers }: OpenService): Question {
  const call = ({ service: from, port }: OpenService['callers'][number]): Line =>
    under(
      app.services.find(({ name }) => name === from)!,
      'calls',
      port === undefined ? service.name : `${service.name}:${port}`,
    );
  const ifWrong = 'a way stays open that nobody needs';
  const each = callers.map((caller): Choice => ({
    label: `${caller.service}${caller.port === undefined ? '' : `, at port ${caller.port}`} (${caller.where} names it)`,
    ifWrong: callers.length > 1 ? 'the others cannot call it' : ifWrong,
    lines: [call(caller)],
  }));
  const all: Choice[] =
    callers.length > 1
      ? [
          {
            label: `all of ${callers.map(({ service: name }) => name).join(', ')}`,
            ifWrong,
            lines: callers.map(call),
          },
        ]
      : [];
  return {
    text: `What calls ${service.name}? Nothing in the compose file says so.`,
    choices: [...all, ...each, worker(service)],
    // That nobody names it makes it no worker: its callers may be images whose sources are elsewhere.
    ...(callers.length > 0 ? { preferred: 0 } : {}),
    other: {
      hint: 'CALLER, or CALLER at PORT: web at 8080',
      lines(text) {
        const [, name, port] = /^([\w.-]+)(?:\s+(?:at\s+)?(\d{1,5}))?$/.exec(text) ?? [];
        const from = app.services.find((one) => one.name === name);
        return from && from.name !== service.name
          ? [under(from, 'calls', port === undefined ? service.name : `${service.name}:${port}`)]
          : undefined;
      },
    },
  };
}

/** A file may speak of what is switched off. */
function callQuestion(app: App, { from, to, port, where }: UnstatedCall): Question {
  const caller = app.services.find(({ name }) => name === from)!;
  return {
    text: `Does ${from} call ${to} at port ${port}? ${where} names it.`,
    choices: [
      {
        label: 'yes',
        ifWrong: 'a way stays open that nobody needs',
        lines: [under(caller, 'calls', `${to}:${port}`)],
      },
      { label: 'no', ifWrong: 'its connections are dropped; fairway denials shows each of them', lines: [] },
    ],
    preferred: 0,
  };
}

/** Where a service tells its own port, it is in a variable of that name. */
function portQuestion(service: Service): Question {
  const told = service.environment
    .filter(({ name, value }) => /(^|_)PORT$/i.test(name) && /^\d{2,5}$/.test(value))
    .map(({ value }) => value);
  const usual = ['8080', '80', '3000', '5000', '8000'];
  const expose = (port: string): Line => ({
    file: service.position.file,
    path: ['services', service.name],
    key: 'expose',
    value: port,
    list: true,
  });
  return {
    text: `Which port does ${service.name} listen on? It is called, and neither its image nor the file says where.`,
    choices: [
      ...[...new Set([...told, ...usual])].slice(0, 5).map((port): Choice => ({
        label: port,
        ifWrong: 'calls to another port of it are dropped; fairway denials shows each of them',
        lines: [expose(port)],
      })),
      worker(service),
    ],
    // A guess would be as good as any other.
    ...(told.length > 0 ? { preferred: 0 } : {}),
    other: {
      hint: 'port NUMBER: port 9000',
      lines(text) {
        const port = /^port\s+(\d{1,5})$/i.exec(text)?.[1];
        return port === undefined ? undefined : [expose(port)];
      },
    },
  };
}

const MEANING: Readonly<Record<State, readonly [label: string, ifWrong: string]>> = {
  efs: [
    'files that last, shared by all tasks (EFS)',
    'slow for a busy database; some 0.30 USD per GiB and month',
  ],
  ebs: ['a fast disk for each task, empty at each start (EBS)', 'its content is lost with each deployment'],
  managed: [
    'the data moves to a managed service, which replaces the container',
    'fairway deploy stops until the service is set up',
  ],
  ephemeral: ['it may be lost: a cache, scratch space', 'its content is lost with each deployment'],
};

function volumeQuestion(volume: NamedVolume, user: Service): Question {
  const reference = user.image?.value ?? user.build?.baseImage;
  const cache = /(^|\/)(redis|valkey|memcached|zookeeper)(:|@|$)/.test(reference ?? '');
  const what = knownImage(reference)?.store ? `the data store ${user.name}` : user.name;
  return {
    text: `What becomes of the volume ${volume.name} of ${what} on AWS?`,
    choices: STATES.map((state): Choice => ({
      label: `${state}: ${MEANING[state][0]}`,
      ifWrong: MEANING[state][1],
      lines: [
        {
          file: volume.position.file,
          path: ['volumes', volume.name, 'x-aws'],
          key: 'state',
          value: state,
          list: false,
        },
      ],
    })),
    preferred: STATES.indexOf(cache ? 'ephemeral' : 'efs'),
  };
}
