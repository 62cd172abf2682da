import type { Vpc } from '../../../topology/model.ts';
import { type EcsService, known } from '../../../topology/system.ts';
import type { Check, Context, Fix, Report } from '../../model.ts';
import { mentionsIn, nameFor, searchDomains, serviceNames } from '../../paths/names.ts';
import { recordTypesOf } from '../../paths/records.ts';
import { rawValue, textOf } from '../../paths/references.ts';
import { listed } from '../../paths/words.ts';
import { isPrivateName, zonesOf } from '../../paths/zones.ts';
import { cannotTell, found, under } from '../../report.ts';

export const nameDoesNotResolve: Check = {
  id: 'name-does-not-resolve',
  title: 'Names that a service uses are in a zone that its VPC sees',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html',
  why: 'The lookup answers NXDOMAIN, and the program says “could not resolve host” or “Name or service not known”. Private zones need DNS support and DNS hostnames of the VPC.',
  *find(context) {
    const told = new Set<string>();
    for (const service of context.system.services)
      for (const report of reportsOf(context, service)) {
        const key = JSON.stringify([report.origin, report.kind === 'found' ? report.message : report.why]);
        if (!told.has(key)) yield report;
        told.add(key);
      }
  },
};

function* reportsOf(context: Context, service: EcsService): Iterable<Report> {
  const { system, graph } = context;
  const definition = system.taskDefinitions.find(({ id }) => id === known(service.taskDefinitionId));
  const vpcId = context.parties.get(service.id)?.placements[0]?.vpcId;
  const vpc = graph.vpcs.get(vpcId ?? '');
  if (!definition) return;
  for (const container of definition.containers)
    for (const [index, { name, origin }] of container.environment.entries()) {
      const text = textOf(rawValue(container.properties, 'Environment', index));
      for (const { host, scheme, port } of mentionsIn(name, text)) {
        const said = scheme !== undefined || port !== undefined;
        if (isLocal(context, service, container.properties, host) || (!host.includes('.') && !said)) continue;
        const wrong = vpc
          ? (unresolved(context, vpc, host) ?? (said ? withoutAddress(context, host) : undefined))
          : undefined;
        if (!vpc && isPrivateName(host) && !serviceNames(context).has(host))
          yield cannotTell(
            service.id,
            origin,
            `whether the VPC of ${service.name} sees a zone with ${host} is not known here`,
          );
        if (!wrong) continue;
        const declared = system.resources.get(wrong.at?.id ?? '');
        const at = wrong.at && declared ? under(declared.origin, wrong.at.property) : origin;
        yield found(wrong.at?.id ?? definition.id, at, {
          message: wrong.at
            ? `${wrong.says}, and ${service.name} uses ${host} (${name})`
            : `${service.name} uses the name ${host} (${name}), ${wrong.says}`,
          fix: wrong.fix,
        });
      }
    }
}

/** Names that the task itself has, or that are no names at all. */
function isLocal(
  context: Context,
  service: EcsService,
  properties: Readonly<Record<string, unknown>>,
  host: string,
): boolean {
  if (host === 'localhost' || /^[\d.]+$/.test(host)) return true;
  const connect = nameFor(context, service, host)?.kind === 'service-connect';
  // Links and extra hosts stand in /etc/hosts.
  const written = JSON.stringify([properties['Links'] ?? '', properties['ExtraHosts'] ?? '']).toLowerCase();
  return connect || written.includes(host);
}

interface Wrong {
  readonly says: string;
  readonly fix: Fix;
  /** Where it is not the variable that is wrong. */
  readonly at?: { readonly id: string; readonly property: string | readonly (string | number)[] };
}

/** The most specific zone that the VPC sees answers alone; https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html */
function unresolved(context: Context, vpc: Vpc, host: string): Wrong | undefined {
  const names = host.includes('.')
    ? [host]
    : searchDomains(context, vpc.id).map((domain) => `${host}.${domain}`);
  const covering = names.flatMap((name) =>
    zonesOf(context)
      .filter(({ domain }) => name.endsWith(`.${domain}`) || name === domain)
      .toSorted((a, b) => b.domain.length - a.domain.length)
      .map((zone) => ({ zone, has: zone.names.has(name) || zone.names.has(name.replace(/^[^.]+/, '*')) })),
  );
  const seen = covering.filter(({ zone }) => zone.vpcIds.includes(vpc.id));
  if (seen.some(({ zone, has }) => has || zone.open))
    return vpc.dnsSupport && vpc.dnsHostnames ? undefined : dnsOff(context, vpc);
  if (covering.some(({ zone }) => zone.open)) return undefined;
  const elsewhere = covering.find(({ has }) => has)?.zone;
  if (elsewhere)
    return {
      says: `whose zone ${elsewhere.domain} is not associated with ${vpc.id}`,
      fix: { says: `associate ${elsewhere.domain} with ${vpc.id}`, edits: [] },
    };
  if (!host.includes('.'))
    return {
      says: 'which is no name in a VPC: names of containers and services exist there only where a namespace or Service Connect makes them',
      fix: {
        says: 'register the service in a Cloud Map namespace or as a Service Connect alias, or use localhost within one task',
        edits: [],
      },
    };
  const zone = seen[0]?.zone;
  if (zone)
    return {
      says: `which is not in the zone ${zone.domain}${zone.names.size > 0 ? ` (it has ${listed([...zone.names])})` : ''}`,
      fix: { says: `use a name of the zone, or register a service as ${host}`, edits: [] },
    };
  if (!isPrivateName(host)) return undefined;
  return {
    says: `and no zone that ${vpc.id} sees has it`,
    fix: {
      says: `make a private namespace ${host.split('.').slice(1).join('.')} for ${vpc.id} and register the service there`,
      edits: [],
    },
  };
}

/** Who connects asks for addresses; SRV records answer who asks for those: https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsRecord.html */
function withoutAddress({ system }: Context, host: string): Wrong | undefined {
  const service = system.names.find(({ name }) => known(name)?.toLowerCase() === host);
  const declared = system.resources.get(service?.id ?? '');
  const types = declared ? recordTypesOf(declared) : [];
  if (!declared || types.length === 0 || types.some(({ type }) => type !== 'SRV')) return undefined;
  const users = system.services.filter(({ registries }) =>
    registries.some(({ discoveryId }) => known(discoveryId) === declared.id),
  );
  // Only a task with an address of its own can have an A record.
  const own = users.every(({ taskDefinitionId }) =>
    system.taskDefinitions.some(
      ({ id, networkMode }) => id === known(taskDefinitionId) && networkMode === 'awsvpc',
    ),
  );
  return {
    at: { id: declared.id, property: types[0]!.property },
    says: `${declared.id} has SRV records and no address`,
    fix: {
      says: own
        ? 'write Type: A'
        : 'use Service Connect, or the network mode awsvpc with A records: in bridge and host mode there are SRV records only',
      edits: own
        ? types.map(({ property }) => ({
            kind: 'set',
            path: under(declared.origin, property).path,
            value: 'A',
          }))
        : [],
    },
  };
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html */
function dnsOff({ system }: Context, vpc: Vpc): Wrong {
  const property = vpc.dnsSupport ? 'EnableDnsHostnames' : 'EnableDnsSupport';
  const keys = [
    ...(vpc.dnsSupport ? [] : ['EnableDnsSupport']),
    ...(vpc.dnsHostnames ? [] : ['EnableDnsHostnames']),
  ];
  const path = system.resources.get(vpc.id)?.origin.path;
  return {
    at: { id: vpc.id, property },
    says: `${vpc.id} has ${property} off: its resolver does not answer from private zones`,
    fix: {
      says: `write ${keys.map((key) => `${key}: true`).join(' and ')}`,
      edits: path
        ? keys.map((key) => ({ kind: 'set', path: [...path, 'Properties', key], value: true }))
        : [],
    },
  };
}
