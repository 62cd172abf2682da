import { type EcsService, isUnknown, known } from '../../topology/system.ts';
import type { Context } from '../model.ts';
import { oncePer } from '../once.ts';

/** A name under which services are found, and by whom. */
export interface ServiceName {
  readonly host: string;
  readonly serviceIds: readonly string[];
  /** The VPCs in which it resolves; absent: only for clients of its Service Connect namespace. */
  readonly vpcIds?: readonly string[];
  /** The port of its tasks that a port of the name stands for, where they differ. */
  readonly ports: ReadonlyMap<number, number>;
  readonly kind: 'cloud-map' | 'service-connect';
  /** The namespace of Service Connect. */
  readonly namespace?: string;
}

/** Every name that is fully known, by host in lower case: VPCs and namespaces may each have one of the same name. */
export const serviceNames = oncePer((context): ReadonlyMap<string, readonly ServiceName[]> => {
  const names = new Map<string, ServiceName[]>();
  for (const name of [...connectNames(context), ...discoveryNames(context)])
    names.set(name.host, [...(names.get(name.host) ?? []), name]);
  return names;
});

/** The name as a service's tasks resolve it: the proxy of Service Connect answers before the zones of the VPC. */
export function nameFor(context: Context, service: EcsService, host: string): ServiceName | undefined {
  const all = serviceNames(context).get(host) ?? [];
  const own = isConnectClient(context, service) ? namespaceOf(context, service) : undefined;
  const vpcId = context.parties.get(service.id)?.placements[0]?.vpcId;
  const zones = all.filter(({ kind }) => kind === 'cloud-map');
  return (
    all.find(({ kind, namespace }) => kind === 'service-connect' && namespace === own) ??
    zones.find(({ vpcIds = [] }) => vpcId !== undefined && vpcIds.includes(vpcId)) ??
    // That its zone is of another VPC is told elsewhere.
    (zones.length === 1 ? zones[0] : undefined)
  );
}

function* discoveryNames({ system }: Context): Iterable<ServiceName> {
  for (const { id, name, vpcIds } of system.names) {
    if (isUnknown(name)) continue;
    const serviceIds = system.services
      .filter(({ registries }) => registries.some(({ discoveryId }) => known(discoveryId) === id))
      .map((service) => service.id);
    yield {
      host: name.toLowerCase(),
      serviceIds,
      vpcIds: known(vpcIds) ?? [],
      ports: new Map(),
      kind: 'cloud-map',
    };
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html */
function* connectNames(context: Context): Iterable<ServiceName> {
  const { system } = context;
  const definitions = new Map(system.taskDefinitions.map((definition) => [definition.id, definition]));
  for (const service of system.services) {
    const offered = connectOf(system.resources.get(service.id)?.properties)?.['Services'];
    const mappings = (definitions.get(known(service.taskDefinitionId) ?? '')?.containers ?? []).flatMap(
      ({ ports }) => ports,
    );
    for (const one of list(offered)) {
      const mapping = mappings.find(({ name }) => name !== undefined && name === one['PortName']);
      const own = known(mapping?.containerPort);
      const override = one['IngressPortOverride'];
      const target = typeof override === 'number' ? override : own;
      for (const alias of list(one['ClientAliases'])) {
        const port = Number(alias['Port']);
        const host = alias['DnsName'] ?? one['DiscoveryName'] ?? one['PortName'];
        if (typeof host !== 'string' || target === undefined || Number.isNaN(port)) continue;
        const ports = new Map([[port, target]]);
        yield {
          host: host.toLowerCase(),
          serviceIds: [service.id],
          ports,
          kind: 'service-connect',
          namespace: namespaceOf(context, service),
        };
      }
    }
  }
}

/**
 * That of the service, else of its cluster; without a name, the cluster stands for it.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectConfiguration.html
 */
function namespaceOf({ system }: Context, { id, clusterId }: EcsService): string {
  const cluster = known(clusterId) ?? 'default';
  const defaults = list([system.resources.get(cluster)?.properties['ServiceConnectDefaults']])[0];
  const namespace = connectOf(system.resources.get(id)?.properties)?.['Namespace'] ?? defaults?.['Namespace'];
  return JSON.stringify(namespace ?? cluster);
}

type Fields = Readonly<Record<string, unknown>>;
const connectOf = (properties: Fields | undefined): Fields | undefined =>
  properties && list([properties['ServiceConnectConfiguration']])[0];
const list = (value: unknown): readonly Fields[] =>
  (Array.isArray(value) ? (value as unknown[]) : []).filter(
    (item): item is Fields => typeof item === 'object' && item !== null && !Array.isArray(item),
  );

/** Whether a service is a client of Service Connect, so that its names resolve in its tasks. */
export const isConnectClient = ({ system }: Context, { id }: EcsService): boolean => {
  const enabled = connectOf(system.resources.get(id)?.properties)?.['Enabled'];
  return enabled === true || enabled === 'true';
};

/** Search domains of a VPC's resolver: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html */
export const searchDomains = ({ graph }: Context, vpcId: string): readonly string[] =>
  graph.vpcs.get(vpcId)?.dhcp.domainNames ?? [];

/** A host with a port that some text speaks of. */
export interface Mention {
  readonly host: string;
  readonly port?: number;
  readonly scheme?: string;
}

const HOST = /[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*/i.source;
const URL = new RegExp(
  `\\b([a-z][a-z0-9+.-]*)://(?:[^\\s/@\\uFFFC]*@)?(${HOST})(?::(\\d+))?(?![\\w.@\\uFFFC-])`,
  'gi',
);
const PAIR = new RegExp(`(?<![\\w.@/:$\\uFFFC-])(${HOST}):(\\d{1,5})(?![\\w.:\\uFFFC-])`, 'gi');
const WHOLE = new RegExp(`^(?:${HOST})$`, 'i');
/** What variables with an address in them are usually called. */
const ADDRESS_NAME =
  /(^|_)(HOST|HOSTNAME|HOSTS|ADDR|ADDRESS|ADDRESSES|URL|URLS|URI|ENDPOINT|ENDPOINTS|SERVERS?|UPSTREAM|BACKEND|BROKERS?|NODES?|PEERS?)$/i;
/** Schemes behind which a host stands that is called; `s3://bucket` has none. */
const CALLED =
  /^(https?|wss?|rediss?|valkey|postgres(ql)?|mysql|mariadb|mongodb|amqps?|nats|tcp|udp|grpcs?|kafka|memcached|ldaps?|smtps?|bolt|neo4j|clickhouse|cassandra|elasticsearch|etcd)(\+(?!srv)[a-z0-9]+)?$/;
/** Variables whose addresses are compared and never called. */
const COMPARED = /ORIGIN|CORS|ISSUER|AUDIENCE|ALLOWED|TRUSTED|REFERER/i;

/** The hosts that a variable's value speaks of; a bare word only where the variable's name says that it is a host. */
export function mentionsIn(name: string, text: string): readonly Mention[] {
  if (COMPARED.test(name)) return [];
  const urls = [...text.matchAll(URL)]
    .map(([, scheme = '', host = '', port]) => ({
      host: host.toLowerCase(),
      scheme: scheme.toLowerCase(),
      ...(port === undefined ? {} : { port: Number(port) }),
    }))
    .filter(({ scheme }) => CALLED.test(scheme))
    .map((url) => ({ ...url, scheme: url.scheme.replace(/\+.*/, '') }));
  const rest = text.replace(URL, ' ');
  const isAddress = (host: string) => host.includes('.') || ADDRESS_NAME.test(name);
  const pairs = [...rest.matchAll(PAIR)]
    .map(([, host = '', port]) => ({ host: host.toLowerCase(), port: Number(port) }))
    .filter(({ host, port }) => isAddress(host) && !/^\d+$/.test(host) && port > 0 && port < 65_536);
  const bare = rest
    .split(/[\s,;]+/)
    .filter((word) => WHOLE.test(word) && isAddress(word))
    .map((host) => ({ host: host.toLowerCase() }));
  return [...urls, ...pairs, ...bare];
}
