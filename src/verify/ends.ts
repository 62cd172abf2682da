import { isUnknown, known, type System, type Value } from '../topology/system.ts';
import { ANY_CLIENT_PORTS, type Placement } from './reach/model.ts';

/** What people may name as an end of a path. */
export interface Party {
  readonly kind: 'service' | 'load-balancer' | 'database';
  readonly id: string;
  readonly name: string;
  /** Where it is or may be, one for each of its subnets; empty where that is not known, and then `why`. */
  readonly placements: readonly Placement[];
  readonly why?: string;
  /** TCP ports that it is known to listen on. */
  readonly ports: readonly number[];
}

/** Everything that stands in the network, by the id of its resource. */
export function partiesOf(system: System): ReadonlyMap<string, Party> {
  const definitions = new Map(system.taskDefinitions.map((definition) => [definition.id, definition]));
  const services = system.services.map((service): Party => {
    const definition = definitions.get(known(service.taskDefinitionId) ?? '');
    const numbers = (definition?.containers ?? []).flatMap(({ ports }) =>
      ports.flatMap(({ containerPort }) => known(containerPort) ?? []),
    );
    const placed = placements(system, service.name, service.subnetIds, service.groupIds, {
      hasPublicAddress: service.assignPublicIp,
    });
    const mode = definition && known(definition.networkMode);
    const bridged = mode !== undefined && mode !== 'awsvpc';
    return {
      kind: 'service',
      id: service.id,
      name: service.name,
      ports: [...new Set(numbers)],
      ...(bridged
        ? {
            placements: [],
            why: `its tasks share the interface of the instance they are on (network mode ${mode})`,
          }
        : placed),
    };
  });
  const balancers = system.loadBalancers.map((balancer): Party => {
    const ports = system.listeners
      .filter(({ loadBalancerId }) => known(loadBalancerId) === balancer.id)
      .flatMap(({ port }) => known(port) ?? []);
    return {
      kind: 'load-balancer',
      id: balancer.id,
      name: balancer.name,
      ports: [...new Set(ports)],
      ...placements(system, balancer.name, balancer.subnetIds, balancer.groupIds ?? [], {
        hasPublicAddress: isUnknown(balancer.scheme)
          ? balancer.scheme
          : balancer.scheme === 'internet-facing',
        // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-ephemeral-ports
        ephemeralPorts: ANY_CLIENT_PORTS,
        // Without groups of its own a network load balancer passes every packet; an application one has the VPC's default group.
        ungrouped: balancer.type === 'network',
      }),
    };
  });
  const databases = system.databases.map((database): Party => {
    const port = known(database.port);
    return {
      kind: 'database',
      id: database.id,
      name: database.name,
      ports: port === undefined ? [] : [port],
      ...placements(system, database.name, database.subnetIds, database.groupIds, {
        hasPublicAddress: database.publiclyAccessible,
      }),
    };
  });
  return new Map([...services, ...balancers, ...databases].map((party) => [party.id, party]));
}

interface More {
  readonly hasPublicAddress: Value<boolean>;
  readonly ephemeralPorts?: Placement['ephemeralPorts'];
  readonly ungrouped?: boolean;
}

function placements(
  system: System,
  name: string,
  subnetIds: Value<readonly string[]>,
  groupIds: Value<readonly string[]>,
  { hasPublicAddress, ephemeralPorts, ungrouped = false }: More,
): Pick<Party, 'placements' | 'why'> {
  if (isUnknown(subnetIds)) return { placements: [], why: subnetIds.unknown };
  if (isUnknown(groupIds)) return { placements: [], why: groupIds.unknown };
  const isPublic = known(hasPublicAddress);
  return {
    placements: subnetIds.map((subnetId) => {
      const vpcId = system.subnets.find(({ id }) => id === subnetId)?.vpcId ?? '(unknown VPC)';
      return {
        name,
        vpcId,
        subnetId,
        groupIds: groupIds.length > 0 || ungrouped ? groupIds : [`${vpcId}.DefaultSecurityGroup`],
        ...(isPublic === undefined ? {} : { hasPublicAddress: isPublic }),
        ...(ephemeralPorts ? { ephemeralPorts } : {}),
      };
    }),
  };
}
