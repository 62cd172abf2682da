import type { NetworkInterface, Topology } from '../../../topology/model.ts';
import { compileAcls } from './acls.ts';
import { resolverAddresses, routerAddresses } from './addresses.ts';
import { baseChains } from './base.ts';
import { internetGateway, natGateway, natMark, natReplies, type GatewayContext } from './gateways.ts';
import { observing } from './flows.ts';
import { groupGates } from './groups.ts';
import { linksOf, type Link } from './links.ts';
import { reasonBook, type Reason } from './reasons.ts';
import { compileRouteTable } from './routes.ts';
import { rulesetBuilder, type Ruleset } from './ruleset.ts';

/** All that one VPC is in the kernel: its router's filter and addresses, and the links of its interfaces. */
export interface RouterPlan {
  readonly vpcId: string;
  readonly ruleset: Ruleset;
  readonly reasons: ReadonlyMap<number, Reason>;
  /** Held by the router itself. */
  readonly addresses: readonly string[];
  /** Where DNS is answered; none when the VPC has DNS support switched off. */
  readonly resolvers: readonly string[];
  readonly links: readonly Link[];
}
export interface CompileOptions {
  /** Private addresses lie outside too, as they do for a machine that builds images. */
  readonly open?: boolean;
  /** New flows that the filter lets pass are kept in a set. */
  readonly observed?: boolean;
}

/**
 * Compiles one VPC of a topology. A packet that an interface sends is judged once, before routing, in the order that AWS gives:
 * the sender's groups, the network ACL of its subnet, the route table, the network ACL of the receiver's subnet, its groups.
 * Groups are asked about new flows only; the rest about each packet, replies too.
 * https://docs.aws.amazon.com/vpc/latest/userguide/infrastructure-security.html
 */
export function compileVpc(
  topology: Topology,
  vpcId: string,
  { open = false, observed = false }: CompileOptions = {},
): RouterPlan {
  const vpc = topology.vpcs.find(({ id }) => id === vpcId);
  if (!vpc) throw new Error(`no VPC ${vpcId} in the topology`);
  const subnets = topology.subnets.filter((each) => each.vpcId === vpcId);
  const interfaces = topology.interfaces.filter((each) => each.vpcId === vpcId);
  const links = linksOf(interfaces, subnets);
  const linked = interfaces.filter(({ id }) => links.some((link) => link.id === id));
  const linkName = new Map(links.map(({ id, name }) => [id, name]));
  const rules = rulesetBuilder();
  const reasons = reasonBook();
  const resolvers = resolverAddresses(vpc);
  const acl = compileAcls(
    topology.networkAcls.filter((each) => each.vpcId === vpcId),
    rules,
    reasons,
  );
  const context: GatewayContext = { topology, vpcId, rules, reasons, acl };

  const targets = new Map<string, string>();
  for (const { id, vpcIds } of topology.internetGateways)
    if (vpcIds.includes(vpcId)) targets.set(id, internetGateway(id, context));
  const nats = topology.natGateways.filter((each) => each.vpcId === vpcId);
  for (const nat of nats)
    targets.set(
      nat.id,
      nat.state === 'available'
        ? natGateway(nat, context)
        : rules.chain(`gateway_${nat.id}`, [reasons.deny(`NAT gateway ${nat.id} is ${nat.state}`, [nat.id])]),
    );
  for (const { id, kind, vpcId: of } of topology.endpoints)
    if (of === vpcId && kind === 'Gateway')
      targets.set(id, rules.chain(`gateway_${id}`, ['ct mark set 1 goto outside']));

  const tables = new Map(
    topology.routeTables
      .filter((each) => each.vpcId === vpcId)
      .map(({ id }) => [id, compileRouteTable(topology, id, rules, reasons, targets)]),
  );
  for (const subnet of subnets) {
    // Within one subnet neither network ACL nor route table is asked.
    // https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
    rules.chain(`from_${subnet.id}`, [
      `ip daddr ${subnet.cidr} goto deliver`,
      acl(subnet.networkAclId, 'egress'),
      tables.has(subnet.routeTableId)
        ? `goto ${tables.get(subnet.routeTableId)}`
        : reasons.deny(`route table ${subnet.routeTableId}: unknown`, [subnet.routeTableId]),
    ]);
    rules.chain(`into_${subnet.id}`, [acl(subnet.networkAclId, 'ingress'), 'goto deliver']);
    rules.chain(`replies_${subnet.id}`, [acl(subnet.networkAclId, 'ingress'), 'accept']);
  }
  rules.chain('arrive', [
    ...subnets.map(({ id, cidr }) => `ip daddr ${cidr} goto into_${id}`),
    reasons.deny('no subnet has this address'),
  ]);
  const gates = groupGates(topology, linked, rules, reasons, {
    egress: 'goto onward',
    ingress: observed ? `goto ${rules.chain('admitted', [observing(''), 'accept'])}` : 'accept',
  });
  const byLink = (value: (eni: NetworkInterface) => string) =>
    new Map(linked.map((eni) => [`"${linkName.get(eni.id)}"`, `goto ${value(eni)}`]));
  rules.map('senders', 'ifname : verdict', byLink(gates.egress));
  rules.map(
    'subnets',
    'ifname : verdict',
    byLink(({ subnetId }) => `from_${subnetId}`),
  );
  rules.map(
    'homes',
    'ifname : verdict',
    byLink(({ subnetId }) => `replies_${subnetId}`),
  );
  rules.map(
    'receivers',
    'ipv4_addr : verdict',
    new Map(linked.map((eni) => [eni.privateAddress, `goto ${gates.ingress(eni)}`])),
  );
  rules.set(
    'sources',
    'ifname . ipv4_addr',
    linked.map((eni) => `"${linkName.get(eni.id)}" . ${eni.privateAddress}`),
  );
  rules.set(
    'unchecked',
    'ifname',
    linked.filter(({ sourceDestCheck }) => !sourceDestCheck).map(({ id }) => `"${linkName.get(id)}"`),
  );
  rules.set(
    'public',
    'ipv4_addr',
    linked.filter(({ publicAddress }) => publicAddress).map(({ privateAddress }) => privateAddress),
  );
  rules.map(
    'nat_replies',
    'mark : verdict',
    new Map(
      nats.flatMap((nat) => {
        const subnet = subnets.find(({ id }) => id === nat.subnetId);
        return subnet ? [[String(natMark(nat)), `goto ${natReplies(nat, subnet, context)}`] as const] : [];
      }),
    ),
  );
  const addresses = routerAddresses(topology, vpc);
  baseChains({ topology, rules, reasons, addresses, resolvers, open, observed });
  return { vpcId, ruleset: rules.build(), reasons: reasons.reasons, addresses, resolvers, links };
}
