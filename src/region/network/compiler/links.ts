import { createHash } from 'node:crypto';
import type { NetworkInterface, Subnet } from '../../../topology/model.ts';
import { namespaceOf } from '../namespace.ts';
import { addressIn } from './addresses.ts';

/** An interface as a point-to-point link between the router and the namespace of its holder. */
export interface Link {
  /** The interface's id. */
  readonly id: string;
  /** The router's end. */
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly gateway: string;
}
/** `index` counts the interfaces of one namespace: eth0, eth1, … */
export interface PlacedLink extends Link {
  readonly index: number;
}

/** Links of the interfaces behind which programs live. A NAT gateway answers nobody: it is rules only. */
export function linksOf(
  interfaces: readonly NetworkInterface[],
  subnets: readonly Subnet[],
): readonly Link[] {
  const gateways = new Map(subnets.map(({ id, cidr }) => [id, addressIn(cidr, 1)]));
  return interfaces.flatMap(({ id, description, privateAddress, subnetId }) => {
    const gateway = gateways.get(subnetId);
    if (gateway === undefined || description.startsWith('Interface for NAT Gateway ')) return [];
    const namespace = namespaceOf(description === '' ? id : description);
    return [{ id, name: linkName(id), namespace, address: privateAddress, gateway }];
  });
}

/** A name of Linux's at most 15 characters. */
function linkName(id: string): string {
  return `e${createHash('sha256').update(id).digest('hex').slice(0, 13)}`;
}

export interface LinkChanges {
  readonly placed: ReadonlyMap<string, PlacedLink>;
  readonly added: readonly PlacedLink[];
  readonly removed: readonly PlacedLink[];
  readonly newNamespaces: readonly string[];
  readonly oldNamespaces: readonly string[];
}

/** What to add and remove; an interface keeps its place in its namespace for as long as it lives. */
export function diffLinks(before: ReadonlyMap<string, PlacedLink>, wanted: readonly Link[]): LinkChanges {
  const byId = new Map(wanted.map((link) => [link.id, link]));
  const same = (one: Link, other: Link | undefined) =>
    other !== undefined &&
    one.namespace === other.namespace &&
    one.address === other.address &&
    one.gateway === other.gateway;
  const removed = [...before.values()].filter((link) => !same(link, byId.get(link.id)));
  const placed = new Map([...before].filter(([, link]) => same(link, byId.get(link.id))));
  const taken = new Set([...placed.values()].map(({ namespace, index }) => `${namespace} ${index}`));
  const added = wanted
    .filter(({ id }) => !placed.has(id))
    .map((link) => {
      let index = 0;
      while (taken.has(`${link.namespace} ${index}`)) index++;
      taken.add(`${link.namespace} ${index}`);
      return { ...link, index };
    });
  for (const link of added) placed.set(link.id, link);
  const namespaces = (links: Iterable<Link>) => new Set([...links].map(({ namespace }) => namespace));
  const had = namespaces(before.values());
  const has = namespaces(placed.values());
  return {
    placed,
    added,
    removed,
    newNamespaces: [...has].filter((name) => !had.has(name)),
    oldNamespaces: [...had].filter((name) => !has.has(name)),
  };
}
