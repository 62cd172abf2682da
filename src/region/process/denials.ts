import type { Region } from '../region.ts';
import type { NamedDenial, Party } from './protocol.ts';

/** What the filters dropped, with addresses and groups by the names people gave them. */
export async function describeDenials(region: Region): Promise<readonly NamedDenial[]> {
  const dropped = await region.plane.network.denials();
  const denials = [...dropped, ...region.internal.elbv2.denials()].sort((a, b) => b.lastSeen - a.lastSeen);
  if (denials.length === 0) return [];
  const names = await holders(region);
  const { securityGroups } = region.internal.ec2.topology();
  const groupNames = new Map(securityGroups.map(({ id, name }) => [id, name]));
  const party = (vpcId: string, address: string): Party => {
    const name = names.get(`${vpcId} ${address}`);
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

/** `vpc address` → service or load balancer. */
async function holders(region: Region): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const byAttachment = new Map<string, string>();
  const { clusterArns = [] } = await region.api.ecs.ListClusters({});
  for (const cluster of clusterArns) {
    const { taskArns = [] } = await region.api.ecs.ListTasks({ cluster });
    if (taskArns.length === 0) continue;
    const { tasks = [] } = await region.api.ecs.DescribeTasks({ cluster, tasks: taskArns.slice(0, 100) });
    for (const { attachments = [], containers = [] } of tasks)
      for (const { details = [] } of attachments) {
        const id = details.find(({ name }) => name === 'networkInterfaceId')?.value;
        if (id && containers[0]?.name) byAttachment.set(id, containers[0].name);
      }
  }
  for (const { id, vpcId, privateAddress, description } of region.internal.ec2.topology().interfaces)
    names.set(`${vpcId} ${privateAddress}`, byAttachment.get(id) ?? holderOf(description));
  return names;
}

/** `ELB app/NAME/ID` or `ELB net/NAME/ID` → `load balancer NAME`; other descriptions speak for themselves. */
function holderOf(description: string): string {
  const name = /^ELB (?:app|net)\/([^/]+)\//.exec(description)?.[1];
  return name ? `load balancer ${name}` : description;
}
