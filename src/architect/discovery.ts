import type { Problem } from '../common/problem.ts';
import { ref, resource, type Resources } from './intrinsics.ts';
import { logicalId, pascal } from './naming.ts';
import type { Plan } from './plan.ts';

/**
 * Seconds a name may lead to a task that has gone. Programs that are called by name should serve on for as long after SIGTERM.
 */
const RECORD_TTL = 5;

/** Whether others can look a task up: it is known to listen, or called at a port that only its caller says. */
export const hasName = ({ ports, edges, learn }: Plan, owner: string): boolean =>
  learn || (ports.get(owner) ?? []).length > 0 || edges.some(({ to }) => to === owner);

/** A private namespace, and a name in it for each service that listens; other names lead to that one. */
export function discovery(plan: Plan): Resources {
  const { app, tasks } = plan;
  const zone = app.settings.namespace.value;
  const named = tasks.filter(({ kind, owner }) => kind === 'service' && hasName(plan, owner.name));
  return {
    Namespace: resource(`the private zone ${zone}`, 'AWS::ServiceDiscovery::PrivateDnsNamespace', {
      Name: zone,
      Vpc: ref('Vpc'),
    }),
    ...Object.fromEntries(
      named.map(({ owner: { name } }) => [
        logicalId.discovery(name),
        resource(`${name}: its name ${name}.${zone}`, 'AWS::ServiceDiscovery::Service', {
          Name: name,
          NamespaceId: ref('Namespace'),
          // A records: awsvpc tasks have an address each, and every program can resolve them.
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
          DnsConfig: { RoutingPolicy: 'MULTIVALUE', DnsRecords: [{ Type: 'A', TTL: RECORD_TTL }] },
          HealthCheckCustomConfig: { FailureThreshold: 1 },
        }),
      ]),
    ),
    ...aliases(plan),
  };
}

/**
 * A service may have one registry only, so another name of it is a Cloud Map service whose instances are the first name.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html
 * CNAME needs weighted routing and no health check: https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsRecord.html
 */
function aliases(plan: Plan): Resources {
  const zone = plan.app.settings.namespace.value;
  const resources: Resources = {};
  for (const [alias, services] of aliasesOf(plan)) {
    resources[logicalId.alias(alias)] = resource(
      `${alias}.${zone}: another name`,
      'AWS::ServiceDiscovery::Service',
      {
        Name: alias,
        NamespaceId: ref('Namespace'),
        DnsConfig: { RoutingPolicy: 'WEIGHTED', DnsRecords: [{ Type: 'CNAME', TTL: RECORD_TTL }] },
      },
    );
    for (const service of services)
      resources[logicalId.aliasOf(alias, service)] = resource(
        `${alias}.${zone} leads to ${service}.${zone}`,
        'AWS::ServiceDiscovery::Instance',
        {
          InstanceId: service,
          ServiceId: ref(logicalId.alias(alias)),
          InstanceAttributes: { AWS_INSTANCE_CNAME: `${service}.${zone}` },
        },
      );
  }
  return resources;
}

/** Other names → services, both in order; a service's own name is no alias. */
function aliasesOf(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const own = new Set(plan.services.map(({ name }) => name.toLowerCase()));
  const found = new Map<string, string[]>();
  for (const { kind, owner } of plan.tasks) {
    if (kind === 'once' || !hasName(plan, owner.name)) continue;
    for (const alias of new Set(owner.aliases.map((text) => text.toLowerCase())))
      if (!own.has(alias) && isName(alias)) found.set(alias, [...(found.get(alias) ?? []), owner.name]);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html (Name) */
const isName = (alias: string): boolean =>
  alias.length <= 127 &&
  alias.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));

/** Names that cannot be had, or that fall together in the template. */
export function aliasProblems(plan: Plan): Problem[] {
  const taken = new Map<string, string>();
  return plan.services.flatMap(({ aliases: others, name, position }) =>
    others.flatMap((alias): Problem[] => {
      const plain = alias.toLowerCase();
      const key = pascal(plain);
      const other = taken.get(key) ?? plain;
      taken.set(key, other);
      const owner = plan.services.find((service) => service.name.toLowerCase() === plain);
      const because = !isName(plain)
        ? 'is no DNS name'
        : owner && owner.name !== name
          ? 'is the name of another service'
          : other === plain
            ? undefined
            : `cannot be told from ${other} in the template`;
      return because === undefined
        ? []
        : [
            {
              code: 'alias-name',
              message: `${alias}, another name of ${name}, ${because}`,
              position,
              fix: 'write another one, or take it away (container_name, networks.*.aliases, links)',
            },
          ];
    }),
  );
}
