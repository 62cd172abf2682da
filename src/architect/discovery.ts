import { ref, resource, type Resources } from './intrinsics.ts';
import { logicalId } from './naming.ts';
import type { Plan } from './plan.ts';

/**
 * Seconds a name may lead to a task that has gone. Programs that are called by name should serve on for as long after SIGTERM.
 */
const RECORD_TTL = 5;

/** A private namespace, and a name in it for each service that listens. */
export function discovery({ app, services, ports }: Plan): Resources {
  const zone = app.settings.namespace.value;
  const named = services.filter(({ name }) => (ports.get(name) ?? []).length > 0);
  return {
    Namespace: resource(`the private zone ${zone}`, 'AWS::ServiceDiscovery::PrivateDnsNamespace', {
      Name: zone,
      Vpc: ref('Vpc'),
    }),
    ...Object.fromEntries(
      named.map(({ name }) => [
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
  };
}
