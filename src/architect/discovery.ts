import { ref, resource, type Resources } from './intrinsics.ts';
import { logicalId } from './naming.ts';
import type { Plan } from './plan.ts';

/**
 * Seconds a name may lead to a task that has gone. Programs that are called by name should serve on for as long after SIGTERM.
 */
const RECORD_TTL = 5;

/** Whether others can look a service up: it is known to listen, or called at a port that only its caller says. */
export const hasName = ({ ports, edges }: Plan, service: string): boolean =>
  (ports.get(service) ?? []).length > 0 || edges.some(({ to }) => to === service);

/** A private namespace, and a name in it for each service that listens. */
export function discovery(plan: Plan): Resources {
  const { app, services } = plan;
  const zone = app.settings.namespace.value;
  const named = services.filter(({ name }) => hasName(plan, name));
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
