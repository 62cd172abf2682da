import {
  type EcsService,
  isUnknown,
  known,
  type System,
  type TaskDefinition,
  type Value,
} from '../topology/system.ts';
import { instancePlacements } from './instances.ts';
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
  const services = system.services.map((service) =>
    servicePartyOf(system, service, definitions.get(known(service.taskDefinitionId) ?? '')),
  );
  const listened = new Map<string, number[]>();
  for (const { loadBalancerId, port } of system.listeners) {
    const [id, number] = [known(loadBalancerId), known(port)];
    if (id === undefined || number === undefined) continue;
    listened.set(id, [...(listened.get(id) ?? []), number]);
  }
  const balancers = system.loadBalancers.map((balancer): Party => {
    return {
      kind: 'load-balancer',
      id: balancer.id,
      name: balancer.name,
      ports: [...new Set(listened.get(balancer.id))],
      ...placements(system, balancer, balancer.subnetIds, balancer.groupIds ?? [], {
        hasPublicAddress: isUnknown(balancer.scheme)
          ? balancer.scheme
          : balancer.scheme === 'internet-facing',
        // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-ephemeral-ports
        ephemeralPorts: ANY_CLIENT_PORTS,
        // Without groups of its own a network load balancer passes every packet; an application one has the VPC's default group.
        unfiltered: balancer.type === 'network',
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
      ...placements(system, database, database.subnetIds, database.groupIds, {
        hasPublicAddress: database.publiclyAccessible,
      }),
    };
  });
  return new Map([...services, ...balancers, ...databases].map((party) => [party.id, party]));
}

function servicePartyOf(system: System, service: EcsService, definition: TaskDefinition | undefined): Party {
  const numbers = (definition?.containers ?? []).flatMap(({ ports }) =>
    ports.flatMap(({ containerPort, hostPort, protocol }) => {
      if (protocol !== 'tcp') return [];
      // A bridge publishes host ports; one that is chosen at start is none to know.
      const port = known(definition!.networkMode) === 'bridge' ? (hostPort ?? 0) : containerPort;
      return known(port) || [];
    }),
  );
  const mode = definition && known(definition.networkMode);
  return {
    kind: 'service',
    id: service.id,
    name: service.name,
    ports: [...new Set(numbers)],
    ...(mode === undefined || mode === 'awsvpc'
      ? placements(system, service, service.subnetIds, service.groupIds, {
          hasPublicAddress: service.assignPublicIp,
        })
      : instancePlacements(system, service)),
  };
}

interface More {
  readonly hasPublicAddress: Value<boolean>;
  readonly ephemeralPorts?: Placement['ephemeralPorts'];
  readonly unfiltered?: boolean;
}

function placements(
  { subnets }: System,
  { id, name }: { readonly id: string; readonly name: string },
  subnetIds: Value<readonly string[]>,
  groupIds: Value<readonly string[]>,
  { hasPublicAddress, ephemeralPorts, unfiltered = false }: More,
): Pick<Party, 'placements' | 'why'> {
  if (isUnknown(subnetIds)) return { placements: [], why: subnetIds.unknown };
  if (isUnknown(groupIds)) return { placements: [], why: groupIds.unknown };
  const isPublic = known(hasPublicAddress);
  return {
    placements: subnetIds.map((subnetId) => {
      const vpcId = subnets.find((subnet) => subnet.id === subnetId)?.vpcId ?? '(unknown VPC)';
      return {
        name,
        partyId: id,
        vpcId,
        subnetId,
        groupIds: groupIds.length > 0 || unfiltered ? groupIds : [`${vpcId}.DefaultSecurityGroup`],
        ...(unfiltered ? { unfiltered } : {}),
        ...(isPublic === undefined ? {} : { hasPublicAddress: isPublic }),
        ...(ephemeralPorts ? { ephemeralPorts } : {}),
      };
    }),
  };
}
