import { type EcsService, isUnknown, known, type System } from '../../topology/system.ts';
import type { Party } from '../../verify/ends.ts';
import type { Placement } from '../../verify/reach/model.ts';
import type { Item, Kind } from '../model.ts';
import { type Instance, instancesOf } from './instances.ts';
import { UNKNOWN_SUBNET } from './subnets.ts';

/** Something that stands in subnets: the same in each of them. */
export interface Thing extends Omit<Item, 'id' | 'of'> {
  readonly id: string;
  readonly places: readonly { readonly subnetId: string; readonly fleet: string | undefined }[];
}

/** Everything that has interfaces of its own, or runs on instances that have. */
export function thingsOf(system: System, parties: readonly Party[]): readonly Thing[] {
  const services = new Map(system.services.map((service) => [service.id, service]));
  const standing = parties.map((party): Thing => {
    const service = services.get(party.id);
    return {
      id: party.id,
      name: party.name,
      ...(service ? ofService(system, service) : ofOther(system, party)),
      places: placesOf(system, party),
    };
  });
  const used = new Set(standing.flatMap(({ places }) => places.flatMap(({ fleet }) => fleet ?? [])));
  const bare = instancesOf(system).filter(({ id }) => !used.has(id));
  return [...standing, ...bare.map((instance) => ofInstance(system, instance)), ...gatewaysOf(system)];
}

function placesOf(system: System, party: Party): Thing['places'] {
  const here = new Set(system.subnets.map(({ id }) => id));
  const places = party.placements.map(({ subnetId, partyId }: Placement) => ({
    subnetId: here.has(subnetId) ? subnetId : UNKNOWN_SUBNET,
    fleet: partyId === undefined || partyId === party.id ? undefined : partyId,
  }));
  if (places.length === 0) return [{ subnetId: UNKNOWN_SUBNET, fleet: undefined }];
  return [...new Map(places.map((place) => [`${place.subnetId} ${place.fleet}`, place])).values()];
}

function ofService(system: System, service: EcsService): Pick<Thing, 'kind' | 'detail' | 'count'> {
  const definition = system.taskDefinitions.find(({ id }) => id === known(service.taskDefinitionId));
  const image = known(definition?.containers.find(({ essential }) => essential)?.image);
  const launch = known(service.launchType);
  const daemon = service.scheduling === 'DAEMON';
  const on = launch === 'FARGATE' ? 'Fargate' : launch === 'EC2' ? 'EC2' : (launch ?? 'ECS');
  return {
    kind: 'service',
    detail: `${image === undefined ? on : shortImage(image)}${daemon ? ' · daemon' : ''}`,
    count: daemon ? undefined : countOf(service),
  };
}

function countOf({ desiredCount, maximumCount }: EcsService): Thing['count'] {
  const [least, most] = [known(desiredCount), known(maximumCount)];
  return least !== undefined && most !== undefined && most > least ? `${least}–${most}` : least;
}

/** `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/auth:1.4@sha256:…` → `auth:1.4` */
const shortImage = (image: string): string =>
  image
    .split('@')[0]!
    .split('/')
    .at(-1)!
    .replace(/:latest$/, '');

function ofOther(system: System, { id, kind }: Party): Pick<Thing, 'kind' | 'detail' | 'count'> {
  if (kind === 'load-balancer') {
    const balancer = system.loadBalancers.find((one) => one.id === id);
    const scheme = balancer && isUnknown(balancer.scheme) ? '' : `, ${balancer?.scheme}`;
    const type = balancer?.type === 'network' ? 'NLB' : balancer?.type === 'gateway' ? 'GWLB' : 'ALB';
    return { kind: 'load-balancer', detail: `${type}${scheme}`, count: undefined };
  }
  const database = system.databases.find((one) => one.id === id);
  const engine = system.resources.get(id)?.properties['Engine'];
  const named = typeof engine === 'string' ? ` ${engine}` : '';
  const [shown, words]: readonly [Kind, string] =
    database?.kind === 'efs'
      ? ['files', 'EFS']
      : database?.kind === 'elasticache'
        ? ['cache', `ElastiCache${named}`]
        : database?.kind === 'docdb'
          ? ['database', named.includes('neptune') ? 'Neptune' : 'DocumentDB']
          : ['database', `RDS${named}`];
  return { kind: shown, detail: words, count: undefined };
}

const ofInstance = (system: System, { id, type, count, subnetIds }: Instance): Thing => ({
  id,
  kind: 'instance',
  name: id,
  detail: type ?? 'EC2',
  count,
  places: inSubnets(system, subnetIds),
});

/** Gateways and endpoints that have interfaces in subnets. */
function gatewaysOf(system: System): readonly Thing[] {
  const nat = system.natGateways.map(({ id, subnetId }): Thing => ({
    id,
    kind: 'nat-gateway',
    name: id,
    detail: 'NAT gateway',
    count: undefined,
    places: inSubnets(system, [subnetId]),
  }));
  const endpoints = system.endpoints
    .filter(({ kind }) => kind === 'Interface')
    .map(({ id, serviceName, subnetIds = [] }): Thing => ({
      id,
      kind: 'endpoint',
      name: serviceName.replace(/^.*com\.amazonaws\.[^.]*\./, ''),
      detail: 'VPC endpoint',
      count: undefined,
      places: inSubnets(system, subnetIds),
    }));
  return [...nat, ...endpoints];
}

export function inSubnets(system: System, subnetIds: readonly string[]): Thing['places'] {
  const here = new Set(system.subnets.map(({ id }) => id));
  const ids = subnetIds.map((id) => (here.has(id) ? id : UNKNOWN_SUBNET));
  return [...new Set(ids.length > 0 ? ids : [UNKNOWN_SUBNET])].map((subnetId) => ({
    subnetId,
    fleet: undefined,
  }));
}
