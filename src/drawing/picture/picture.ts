import { known } from '../../topology/system.ts';
import type { Context } from '../../verify/model.ts';
import {
  type Block,
  type Cell,
  INTERNET,
  type Item,
  type Picture,
  type SubnetPicture,
  type VpcPicture,
} from '../model.ts';
import { flowsOf } from './flows.ts';
import { instanceParties } from './instances.ts';
import { type Thing, thingsOf } from './items.ts';
import { needsOf } from './needs.ts';
import { opened } from './open.ts';
import { type Edge, ranksOf, rowsOf } from './order.ts';
import { regionalItems } from './regional.ts';
import { accessOf, subnetLabel, tiersOf, UNKNOWN_SUBNET, UNKNOWN_VPC, zoneLabel } from './subnets.ts';

export interface PictureOptions {
  readonly title: string;
  readonly region?: string | undefined;
  /** What people call a resource: `api` of ApiService. */
  readonly nameOf?: (id: string) => string | undefined;
}

/** A logical id without the word for what it is: that stands below. */
const spoken = ({ id, name }: Thing): string =>
  name === id ? name.replace(/(?<=.)(Service|FileSystem|DBInstance|DBCluster)$/, '') : name;

/** What is to be seen of a deployment. Pure: the same context gives the same picture. */
export function pictureOf(context: Context, { title, region, nameOf }: PictureOptions): Picture {
  const { system } = context;
  const parties = [...context.parties.values()];
  const things = thingsOf(system, parties).map((thing) => ({
    ...thing,
    name: nameOf?.(thing.id) ?? spoken(thing),
  }));
  const needs = needsOf(context);
  const everybody = [...parties, ...instanceParties(system).filter(({ id }) => !context.parties.has(id))];
  const open = opened(context, everybody);
  const regional = regionalItems(system, needs);
  const edges: readonly Edge[] = [...needs, ...open];
  const vpcs = vpcsOf(context, things, edges, region !== undefined);
  const { flows, remarks } = flowsOf({
    system,
    things,
    vpcs,
    regional,
    needs,
    open,
    declared: context.edges !== undefined,
  });
  return {
    title,
    region,
    vpcs,
    regional,
    internet:
      vpcs.some(({ gateway }) => gateway) || flows.some(({ from, to }) => [from, to].includes(INTERNET)),
    flows,
    remarks: things.length > 0 ? remarks : ['Nothing here stands in a network', ...remarks],
  };
}

function vpcsOf(
  { system }: Context,
  things: readonly Thing[],
  edges: readonly Edge[],
  isRegionKnown: boolean,
): readonly VpcPicture[] {
  const ids = things.map(({ id }) => id);
  // A NAT gateway stands beside what is on top.
  const ranks = new Map([...ranksOf(ids, edges), ...system.natGateways.map(({ id }) => [id, 0] as const)]);
  const inside = (subnetId: string): readonly Item[] =>
    things.flatMap((thing) =>
      thing.places
        .filter((place) => place.subnetId === subnetId)
        .map(({ fleet }) => copyOf(thing, subnetId, fleet)),
    );
  const lost = inside(UNKNOWN_SUBNET);
  const known = system.vpcs.map((vpc): VpcPicture => {
    const subnets = system.subnets.filter(({ vpcId }) => vpcId === vpc.id);
    const zones = [...new Set(subnets.map(({ zone }) => zone))].sort();
    const gateway = system.internetGateways.find(({ vpcIds }) => vpcIds.includes(vpc.id));
    const placed = subnets.map((subnet) => {
      const items = inside(subnet.id);
      const access = accessOf(system, subnet);
      return { zone: subnet.zone, access, items, subnet, holds: items.map(({ of }) => of).join(' ') };
    });
    return {
      id: vpc.id,
      label: `VPC ${vpc.cidrs.join(', ')}`.trim(),
      gateway: gateway && gatewayItem(gateway.id),
      zones: zones.map((id, index) => ({ id, label: zoneLabel(id, index, isRegionKnown) })),
      tiers: tiersOf(placed).map((tier) => ({
        subnets: zones.map((zone): SubnetPicture | undefined => {
          const found = tier.find((one) => one.zone === zone);
          return (
            found && {
              id: found.subnet.id,
              label: subnetLabel(found.access),
              aside: found.subnet.cidr,
              access: found.access,
              items: found.items,
            }
          );
        }),
        blocks: blocksOf(
          system,
          tier.flatMap(({ items }) => items),
          things,
          ranks,
          edges,
        ),
      })),
    };
  });
  if (lost.length === 0) return known;
  const unknown: VpcPicture = {
    id: UNKNOWN_VPC,
    label: 'VPC of another stack',
    gateway: undefined,
    zones: [{ id: '', label: '' }],
    tiers: [
      {
        subnets: [
          {
            id: UNKNOWN_SUBNET,
            label: 'Subnets that are not described here',
            aside: '',
            access: 'unknown',
            items: lost,
          },
        ],
        blocks: blocksOf(system, lost, things, ranks, edges),
      },
    ],
  };
  return [...known, unknown];
}

function blocksOf(
  system: Context['system'],
  items: readonly Item[],
  things: readonly Thing[],
  ranks: ReadonlyMap<string, number>,
  edges: readonly Edge[],
): readonly Block[] {
  const here = new Set(items.map(({ of, id }) => `${of} ${fleetOf(id) ?? ''}`));
  const fleets = [undefined, ...system.capacity.map(({ id }) => id)];
  return fleets.flatMap((fleet): Block[] => {
    const present = things.flatMap(({ id }) => (here.has(`${id} ${fleet ?? ''}`) ? [id] : []));
    const cells = new Map(cellsOf(items, present).map((cell) => [cell[0]!, cell]));
    const ids = [...cells.keys()];
    if (ids.length === 0) return [];
    return [
      {
        fleet: fleet === undefined ? undefined : { id: fleet, label: fleetLabel(system, fleet) },
        rows: rowsOf(ids, ranks, edges).map((row) => row.map((id) => cells.get(id ?? '') ?? [])),
      },
    ];
  });
}

/** The NAT gateways of a row's subnets stand in one place. */
function cellsOf(items: readonly Item[], ids: readonly string[]): readonly Cell[] {
  const gateways = new Set(items.flatMap(({ of, kind }) => (kind === 'nat-gateway' ? [of] : [])));
  const homes = items.flatMap(({ of, id }) => (gateways.has(of) ? [id.split('@')[1]] : []));
  const together = new Set(homes).size === homes.length;
  const first = ids.find((id) => gateways.has(id));
  return ids.flatMap((id): Cell[] => {
    if (!together || !gateways.has(id)) return [[id]];
    return id === first ? [[...gateways]] : [];
  });
}

function fleetLabel({ capacity, resources }: Context['system'], id: string): string {
  const fleet = capacity.find((one) => one.id === id);
  const [types, count] = [known(fleet?.instanceTypes)?.join(', '), known(fleet?.desired)];
  const what = resources.get(id)?.type === 'AWS::EC2::Instance' ? 'Instance' : 'Auto Scaling group';
  return [what, types, count !== undefined && count > 1 ? `×${count}` : undefined].filter(Boolean).join(' ');
}

/** `Api@PublicSubnet1`, or on instances `Api@PublicSubnet1@Fleet`. */
export const copyId = (id: string, subnetId: string, fleet: string | undefined): string =>
  [id, subnetId, ...(fleet === undefined ? [] : [fleet])].join('@');
const fleetOf = (copy: string): string | undefined => copy.split('@')[2];

const copyOf = (
  { id, kind, name, detail, count }: Thing,
  subnetId: string,
  fleet: string | undefined,
): Item => ({
  id: copyId(id, subnetId, fleet),
  of: id,
  kind,
  name,
  detail,
  count,
});

const gatewayItem = (id: string): Item => ({
  id,
  of: id,
  kind: 'internet-gateway',
  name: 'Internet gateway',
  detail: '',
  count: undefined,
});
