import type { Holder } from '../flows/model.ts';
import type { Region } from '../region.ts';
import { addressHolders } from './holders.ts';
import type { NamedDenial, Party } from './protocol.ts';

/** What the filters dropped, with addresses and groups by the names people gave them. */
export async function describeDenials(region: Region): Promise<readonly NamedDenial[]> {
  const dropped = await region.plane.network.denials();
  const denials = [...dropped, ...region.internal.elbv2.denials()].sort((a, b) => b.lastSeen - a.lastSeen);
  if (denials.length === 0) return [];
  const holders = await addressHolders(region);
  const { securityGroups } = region.internal.ec2.topology();
  const groupNames = new Map(securityGroups.map(({ id, name }) => [id, name]));
  const party = (vpcId: string, address: string): Party => {
    const name = holderName(holders.get(`${vpcId} ${address}`));
    return { address, ...(name === undefined ? {} : { name }) };
  };
  const named = (id: string) => {
    const name = groupNames.get(id);
    return name === undefined ? id : `${id} (${name})`;
  };
  return denials.map(({ vpcId, from, to, deciders, protocol, port, reason, count, lastSeen }) => ({
    from: party(vpcId, from),
    to: party(vpcId, to),
    protocol,
    port,
    reason: deciders.reduce(
      (text, id) => (text.includes(`${id} (`) ? text : text.replace(id, named(id))),
      reason,
    ),
    deciders: deciders.map(named),
    count,
    lastSeen,
  }));
}

/** Load balancers are said to be such; the rest speaks for itself. */
const holderName = (holder: Holder | undefined): string | undefined =>
  holder?.kind === 'load-balancer' ? `load balancer ${holder.name}` : holder?.name;
