import type { Change } from '../reach/model.ts';

/** What to do, in words; the same that the edits do. */
export function wordsOf(change: Change): string {
  switch (change.kind) {
    case 'group-rule': {
      const { groupId, direction, protocol, port, toPort = port, peer } = change;
      const ports = toPort === port ? port : `${port}-${toPort}`;
      const other = peer.kind === 'group' ? nameOf(peer.groupId) : peer.cidr;
      return direction === 'ingress'
        ? `let ${protocol} ${ports} from ${other} into ${nameOf(groupId)}`
        : `let ${protocol} ${ports} out of ${nameOf(groupId)} to ${other}`;
    }
    case 'acl-entry': {
      const { networkAclId, direction, number, protocol, ports, cidr } = change;
      const range = ports.from === ports.to ? ports.from : `${ports.from}-${ports.to}`;
      const toward = direction === 'ingress' ? 'inbound from' : 'outbound to';
      return `let ${nameOf(networkAclId)} pass ${protocol} ${range} ${toward} ${cidr} (entry ${number})`;
    }
    case 'route':
      return `lead ${change.destination} to ${change.target.id ?? aGateway(change.target.kind)} in ${nameOf(change.routeTableId)}`;
    case 'public-address':
      return `write AssignPublicIp: ENABLED for ${change.name}`;
    case 'attach-internet-gateway':
      return `attach an internet gateway to ${change.vpcId}`;
    case 'gateway-endpoint-route':
      return `add ${nameOf(change.routeTableId)} to the route tables of ${change.endpointId}`;
  }
}

const aGateway = (kind: string): string =>
  kind === 'nat-gateway'
    ? 'a NAT gateway in a public subnet'
    : kind === 'peering'
      ? 'a peering'
      : 'an internet gateway';

/** `the main route table of Vpc` of what no template names. */
export function nameOf(id: string): string {
  const [vpcId, own] = id.split('.');
  const of: Readonly<Record<string, string>> = {
    MainRouteTable: 'the main route table',
    DefaultSecurityGroup: 'the default security group',
    DefaultNetworkAcl: 'the default network ACL',
  };
  const words = own === undefined ? undefined : of[own];
  return words ? `${words} of ${vpcId}` : id;
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(items: readonly string[], last = 'and', most = 4): string {
  const shown =
    items.length > most ? [...items.slice(0, most - 1), `${items.length - most + 1} more`] : items;
  if (shown.length < 2) return shown[0] ?? '';
  return `${shown.slice(0, -1).join(', ')} ${last} ${shown.at(-1)}`;
}
