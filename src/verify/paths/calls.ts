import type { Origin } from '../../topology/model.ts';
import {
  type ContainerDefinition,
  type EcsService,
  known,
  type TaskDefinition,
} from '../../topology/system.ts';
import type { Party } from '../ends.ts';
import type { Context } from '../model.ts';
import { oncePer } from '../once.ts';
import { type Ask, sideOf } from './ask.ts';
import { databaseReferences } from './databases.ts';
import { openedPorts, publishedPort, samplePorts } from './dynamic-ports.ts';
import { mentionsIn, type Mention, nameFor, searchDomains, type ServiceName } from './names.ts';
import { rawValue, referencesIn, textOf } from './references.ts';

/** Somebody is meant to call somebody. */
export interface Call {
  readonly from: string;
  readonly to: string;
  /** Absent: none can be told. */
  readonly port: number | undefined;
  readonly origin: Origin;
}

/** Who is meant to call whom: what is declared, and what environment values, secrets and volumes name. */
export const callsOf = oncePer((context): readonly Call[] => {
  const seen = new Map<string, Call>();
  const all = [...declaredCalls(context), ...writtenCalls(context)];
  for (const call of all) {
    const key = `${call.from} ${call.to} ${call.port}`;
    if (call.from !== call.to && !seen.has(key)) seen.set(key, call);
  }
  // One that tells its port says more than one that does not.
  return [...seen.values()].filter(
    ({ from, to, port }) =>
      port !== undefined ||
      !all.some((other) => other.from === from && other.to === to && other.port !== undefined),
  );
});

function* declaredCalls({ edges = [], parties, system }: Context): Iterable<Call> {
  const origins = new Map(system.services.map(({ id, origin }) => [id, origin]));
  for (const { from, to, port } of edges) {
    const origin = origins.get(from);
    if (origin && parties.has(to)) yield { from, to, port, origin };
  }
}

function* writtenCalls(context: Context): Iterable<Call> {
  const definitions = new Map(
    context.system.taskDefinitions.map((definition) => [definition.id, definition]),
  );
  for (const service of context.system.services) {
    const definition = definitions.get(known(service.taskDefinitionId) ?? '');
    if (!definition) continue;
    for (const container of definition.containers) yield* callsOfContainer(context, service, container);
    yield* mountsOf(context, service, definition);
  }
}

function* callsOfContainer(
  context: Context,
  service: EcsService,
  container: ContainerDefinition,
): Iterable<Call> {
  const { parties } = context;
  const siblings = new Map(container.environment.map(({ name, value }) => [name, known(value)]));
  for (const [index, { name, origin }] of container.environment.entries()) {
    const raw = rawValue(container.properties, 'Environment', index);
    for (const mention of mentionsIn(name, textOf(raw)))
      for (const party of calledBy(context, service, mention))
        yield {
          from: service.id,
          to: party.id,
          port: portOf(context, service, party, mention, name, siblings),
          origin,
        };
    for (const { id, attribute = '' } of referencesIn(raw)) {
      const party = parties.get(id);
      if (party?.kind === 'load-balancer' && attribute === 'DNSName' && isInternal(context, id))
        yield {
          from: service.id,
          to: id,
          port: portOf(context, service, party, portBeside(raw), name, siblings),
          origin,
        };
    }
    for (const to of databaseReferences(context, raw)) yield* toDatabase(context, service, to, origin);
  }
  for (const { valueFrom, origin } of container.secrets)
    for (const to of databaseReferences(context, valueFrom)) yield* toDatabase(context, service, to, origin);
}

function* toDatabase({ parties }: Context, service: EcsService, to: string, origin: Origin): Iterable<Call> {
  yield { from: service.id, to, port: parties.get(to)?.ports[0], origin };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html */
function* mountsOf({ parties }: Context, service: EcsService, { volumes }: TaskDefinition): Iterable<Call> {
  for (const { properties, origin } of volumes)
    for (const { id } of referencesIn(properties['EFSVolumeConfiguration'])) {
      const party = parties.get(id);
      if (party?.kind === 'database') yield { from: service.id, to: id, port: party.ports[0], origin };
    }
}

/** From within the VPC the name of a public load balancer leads out, and whoever writes it down may mean it for browsers. */
const isInternal = ({ system }: Context, id: string): boolean =>
  system.loadBalancers.some((balancer) => balancer.id === id && known(balancer.scheme) === 'internal');

/** The services behind a host, as the caller's tasks resolve it. */
export function calledBy(context: Context, service: EcsService, { host }: Mention): readonly Party[] {
  const name = nameBehind(context, service, host);
  return (name?.serviceIds ?? []).flatMap((id) => context.parties.get(id) ?? []);
}

function nameBehind(context: Context, service: EcsService, host: string): ServiceName | undefined {
  const vpcId = context.parties.get(service.id)?.placements[0]?.vpcId;
  const domains = vpcId === undefined || host.includes('.') ? [] : searchDomains(context, vpcId);
  return [host, ...domains.map((domain) => `${host}.${domain}`)]
    .map((name) => nameFor(context, service, name))
    .find(Boolean);
}

/** Ports that schemes stand for: https://www.iana.org/assignments/service-names-port-numbers */
const SCHEMES: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  redis: 6379,
  rediss: 6379,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mongodb: 27_017,
  amqp: 5672,
  nats: 4222,
};

function portOf(
  context: Context,
  service: EcsService,
  party: Party,
  { port, scheme, host }: Mention,
  variable: string,
  siblings: ReadonlyMap<string, string | undefined>,
): number | undefined {
  const mapped = (number: number) => nameBehind(context, service, host)?.ports.get(number) ?? number;
  if (port !== undefined) return mapped(port);
  const beside = Number(siblings.get(variable.replace(/(HOST|HOSTNAME|ADDR|ADDRESS|SERVER)$/i, 'PORT')));
  if (beside > 0) return mapped(beside);
  const usual = SCHEMES[scheme ?? ''];
  if (usual !== undefined) return mapped(usual);
  return party.ports.length === 1 ? party.ports[0] : undefined;
}

/** The scheme and port around what stands for a load balancer's name: `http://` … `:8080/`. */
function portBeside(raw: unknown): Mention {
  const text = textOf(raw);
  const port = /\uFFFC:(\d+)/.exec(text)?.[1];
  const scheme = /([a-z]+):\/\/\uFFFC/i.exec(text)?.[1];
  return {
    host: '',
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(scheme === undefined ? {} : { scheme }),
  };
}

/** The paths that calls need. */
export function* callAsks(context: Context): Iterable<Ask> {
  const { parties } = context;
  for (const { from, to, port, origin } of callsOf(context)) {
    const [caller, called] = [parties.get(from), parties.get(to)];
    if (!caller || !called) continue;
    const dynamic = dynamicCall(context, called, port);
    if (dynamic) {
      yield {
        check: 'bridge-ephemeral-range-closed',
        subject: caller.name,
        does: `reach the ports of ${called.name} (tcp ${openedPorts.from}-${openedPorts.to}, chosen when a task starts)`,
        resource: from,
        between: { from, to },
        origin,
        from: sideOf(caller),
        to: sideOf(called),
        protocol: 'tcp',
        ports: samplePorts(context.system.securityGroups, [...sideOf(caller).ends, ...sideOf(called).ends]),
        range: openedPorts,
      };
      continue;
    }
    const unknownPort =
      port === undefined ? `on which port ${called.name} is called cannot be told` : undefined;
    yield {
      check: called.kind === 'database' ? 'database-unreachable' : 'service-unreachable',
      subject: caller.name,
      does: `reach ${called.name}${port === undefined ? '' : ` on tcp ${port}`}`,
      resource: from,
      between: { from, to },
      origin,
      from: sideOf(caller),
      to: unknownPort === undefined ? sideOf(called) : { ends: [], why: unknownPort },
      protocol: 'tcp',
      ports: port === undefined ? [] : [port],
    };
  }
}

/** In a bridge the proxy of Service Connect listens on ports chosen at start, unless they are given. */
function dynamicCall({ system }: Context, { id }: Party, port: number | undefined): boolean {
  const service = system.services.find((one) => one.id === id);
  const definition = system.taskDefinitions.find((one) => one.id === known(service?.taskDefinitionId));
  if (port === undefined || known(definition?.networkMode) !== 'bridge') return false;
  const container = definition?.containers.find(({ ports }) =>
    ports.some(({ containerPort }) => known(containerPort) === port),
  );
  return (
    container !== undefined &&
    publishedPort(definition, { containerPort: port, containerName: container.name }) === 'dynamic'
  );
}
