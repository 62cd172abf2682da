import { isUnknown, known, type LoadBalancer, type System } from '../../../topology/system.ts';
import type { Check, Report } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { localName } from '../compute/tasks.ts';

export const loadBalancerZones: Check = {
  id: 'load-balancer-zones',
  title: 'An application load balancer has one subnet in each of at least two zones',
  severity: 'error',
  source:
    'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html',
  why: 'Elastic Load Balancing refuses to create it: “At least two subnets in two different Availability Zones must be specified”, “A load balancer cannot be attached to multiple subnets in the same Availability Zone”.',
  *find({ system }) {
    for (const balancer of system.loadBalancers)
      if (balancer.type === 'application') yield* judged(system, balancer);
  },
};

function* judged(system: System, balancer: LoadBalancer): Generator<Report> {
  const { id, origin, subnetIds } = balancer;
  const properties = system.resources.get(id)?.properties ?? {};
  const key = Object.hasOwn(properties, 'SubnetMappings') ? 'SubnetMappings' : 'Subnets';
  const at = key in properties ? under(origin, key) : origin;
  if (isUnknown(subnetIds)) return yield cannotTell(id, at, subnetIds.unknown);
  const zones = subnetIds.map((subnet) => zoneOf(system, subnet));
  // Outposts take one subnet, Local Zones too: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
  const elsewhere = subnetIds.some(
    (subnet, index) =>
      system.resources.get(subnet)?.properties['OutpostArn'] !== undefined ||
      /-\d-\w+-\d\w$/.test(zones[index] ?? ''),
  );
  if (elsewhere) return;
  const edit = (index: number, subnet: string) =>
    key === 'Subnets'
      ? ({ path: under(origin, [key, index]).path, value: { Ref: subnet } } as const)
      : ({ path: under(origin, [key, index, 'SubnetId']).path, value: { Ref: subnet } } as const);
  const more = candidate(system, balancer, zones);
  if (subnetIds.length < 2)
    return yield found(id, at, {
      message: `${id} has ${subnetIds.length === 0 ? 'no subnet' : 'one subnet'}, and needs two in two zones`,
      fix: {
        says: `name a subnet of another zone${more === undefined ? '' : `: ${more}`}`,
        edits:
          more === undefined || subnetIds.length === 0 || key !== 'Subnets'
            ? []
            : [{ kind: 'append', path: at.path, value: { Ref: more } }],
      },
    });
  const twice = zones.findIndex((zone, index) => zone !== undefined && zones.indexOf(zone) < index);
  if (twice >= 0) {
    const before = subnetIds[zones.indexOf(zones[twice])];
    return yield found(id, under(origin, [key, twice]), {
      message: `${before ?? ''} and ${subnetIds[twice] ?? ''} are in one zone, ${zoneName(zones[twice])}`,
      fix: {
        says: `name a subnet of another zone in its place${more === undefined ? '' : `: ${more}`}`,
        edits: more === undefined ? [] : [{ kind: 'set', ...edit(twice, more) }],
      },
    });
  }
  const open = zones.findIndex((zone) => zone === undefined || !isName(zone));
  const expressions = new Set(zones.filter((zone) => zone !== undefined));
  if (open >= 0 && expressions.size < zones.length)
    yield cannotTell(
      id,
      under(origin, [key, open]),
      /^\((.*)\)$/.exec(subnetIds[open] ?? '')?.[1] ?? `the zone of ${subnetIds[open] ?? ''} is not known`,
    );
  else if (open >= 0)
    yield cannotTell(
      id,
      under(origin, [key, open]),
      `whether the zones of ${subnetIds.join(', ')} differ is known at deployment only`,
    );
}

const isName = (zone: string) => /^[a-z]{2}(-[a-z]+)+-\d+[a-z]$|^[a-z]{3}\d-az\d$/.test(zone);
const zoneName = (zone = '') => (isName(zone) ? zone : 'written in the same way');
/** Its name, or the expression for it: equal ones are one zone. What AWS chooses is no zone yet. */
function zoneOf(system: System, subnetId: string): string | undefined {
  const zone = system.subnets.find(({ id }) => id === subnetId)?.zone;
  return zone?.startsWith('(') ? undefined : zone;
}

/** A subnet of a further zone, with the same way out. */
function candidate(
  system: System,
  { subnetIds, origin }: LoadBalancer,
  zones: readonly (string | undefined)[],
): string | undefined {
  const own = known(subnetIds) ?? [];
  const first = system.subnets.find(({ id }) => id === own[0]);
  if (!first) return undefined;
  const isPublic = (tableId: string) =>
    system.routeTables
      .find(({ id }) => id === tableId)
      ?.routes.some(({ target }) => target.kind === 'internet-gateway') === true;
  const found = system.subnets.find(
    ({ id, vpcId, zone, routeTableId }) =>
      vpcId === first.vpcId &&
      !own.includes(id) &&
      !zone.startsWith('(') &&
      !zones.includes(zone) &&
      isPublic(routeTableId) === isPublic(first.routeTableId) &&
      system.resources.get(id)?.uncertain === undefined &&
      localName(system, id, origin) !== undefined,
  );
  return found && localName(system, found.id, origin);
}
