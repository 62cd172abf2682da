import { nearest } from '../../common/nearest.ts';
import { InputError } from '../../common/problem.ts';
import { known, type System } from '../../topology/system.ts';
import type { Party } from '../../verify/ends.ts';
import type { Placement } from '../../verify/reach/model.ts';

/** An end of a path as somebody named it. */
export type NamedEnd =
  | { readonly kind: 'party'; readonly party: Party }
  | { readonly kind: 'internet' }
  | { readonly kind: 'address'; readonly address: string }
  /** An interface of a live region, by its address. */
  | { readonly kind: 'interface'; readonly placement: Placement }
  | { readonly kind: 'aws-service'; readonly service: string };

export interface Surroundings {
  readonly system: System;
  readonly parties: ReadonlyMap<string, Party>;
}

const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;

/** `api:5000` → `api` and 5000; `aws:secretsmanager` has no port of its own. */
export function splitPort(text: string): { readonly name: string; readonly port: number | undefined } {
  const [, name, digits] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (name === undefined || digits === undefined) return { name: text, port: undefined };
  const port = Number(digits);
  if (port < 1 || port > 65_535)
    throw new InputError([
      { code: 'usage', message: `${digits} is no port`, fix: 'ports are from 1 to 65535' },
    ]);
  return { name, port };
}

/**
 * What a name stands for: `internet`, `aws:ecr.api`, an address, or what stands in the network by its id, its name, the name it is
 * found by in DNS, or the id of its task definition.
 * @throws InputError with what there is
 */
export function endNamed(name: string, { system, parties }: Surroundings): NamedEnd {
  if (name === 'internet') return { kind: 'internet' };
  if (name.startsWith('aws:')) return { kind: 'aws-service', service: name.slice('aws:'.length) };
  if (ADDRESS.test(name)) return addressed(name, system);
  const all = [...parties.values()];
  const names = new Map<string, Party>();
  const called = (party: Party, ...texts: readonly (string | undefined)[]): void => {
    for (const text of texts)
      if (text !== undefined && !names.has(text.toLowerCase())) names.set(text.toLowerCase(), party);
  };
  for (const party of all) called(party, party.id);
  for (const party of all) called(party, party.name);
  for (const service of system.services) {
    const party = parties.get(service.id);
    if (!party) continue;
    called(party, known(service.taskDefinitionId));
    for (const { discoveryId } of service.registries) {
      const found = system.names.find(({ id }) => id === known(discoveryId));
      const full = found && known(found.name);
      called(party, full, full?.split('.')[0]);
    }
  }
  // `api` for ApiService, `load-balancer` for LoadBalancer.
  for (const party of all) called(party, shortened(party.id), kebab(party.id), kebab(shortened(party.id)));
  const party = names.get(name.toLowerCase());
  if (party) return { kind: 'party', party };
  const near = nearest(name, names.keys());
  throw new InputError([
    {
      code: 'usage',
      message: `nothing here is called "${name}"`,
      fix: `${near === undefined ? '' : `write ${near}? `}There are ${[...all.map((each) => each.name), 'internet', 'aws:SERVICE, an address'].join(', ')}`,
    },
  ]);
}

function addressed(address: string, system: System): NamedEnd {
  const found = system.interfaces.find(
    (each) => each.privateAddress === address || each.publicAddress === address,
  );
  if (!found) return { kind: 'address', address };
  const { vpcId, subnetId, groupIds, publicAddress } = found;
  const placement = {
    name: address,
    vpcId,
    subnetId,
    groupIds,
    hasPublicAddress: publicAddress !== undefined,
  };
  return { kind: 'interface', placement: { ...placement, address: found.privateAddress } };
}

const shortened = (id: string): string => id.replace(/(Service|Database|Instance|Cluster)$/, '');
const kebab = (id: string): string => id.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();

export const nameOf = (end: NamedEnd): string => {
  switch (end.kind) {
    case 'party':
      return end.party.name;
    case 'interface':
      return end.placement.name;
    case 'internet':
      return 'the internet';
    case 'address':
      return end.address;
    case 'aws-service':
      return `aws:${end.service}`;
  }
};
