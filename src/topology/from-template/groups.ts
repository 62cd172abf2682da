import { canonicalCidr } from '../cidr.ts';
import type { GroupRule, PortRange, SecurityGroup } from '../model.ts';
import { type Declared, isUnknown, known } from '../system.ts';
import { ofType } from './declared.ts';
import { idText, untold } from './given.ts';
import { type Reader, readerOf } from './values.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html */
const everything: GroupRule = { protocol: 'all', peer: { kind: 'cidr', cidr: '0.0.0.0/0' } };

/** Security groups with their inline rules and those of resources of their own; each VPC's default group besides. */
export function groupsOf(resources: ReadonlyMap<string, Declared>): SecurityGroup[] {
  const apart = { ingress: rulesApart(resources, 'ingress'), egress: rulesApart(resources, 'egress') };
  const groups = ofType(resources, 'AWS::EC2::SecurityGroup').map((declared): SecurityGroup => {
    const read = readerOf(declared);
    const inline = (key: string, direction: 'ingress' | 'egress') =>
      read.items(key).flatMap((item) => ruleOf(item, direction, declared.uncertain));
    const egress = inline('SecurityGroupEgress', 'egress');
    return {
      id: declared.id,
      name: known(read.text('GroupName')) ?? declared.id,
      vpcId: idText(read.id('VpcId')) ?? `(default VPC)`,
      ingress: [
        ...listed(read, 'SecurityGroupIngress'),
        ...inline('SecurityGroupIngress', 'ingress'),
        ...apart.ingress(declared.id),
      ],
      // An absent or empty list keeps the rule that lets everything out:
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-security-group.html
      egress: [
        ...listed(read, 'SecurityGroupEgress'),
        ...(egress.length > 0
          ? egress
          : Array.isArray(read.raw('SecurityGroupEgress')) || read.raw('SecurityGroupEgress') === undefined
            ? [everything]
            : []),
        ...apart.egress(declared.id),
      ],
      origin: declared.origin,
    };
  });
  const defaults = ofType(resources, 'AWS::EC2::VPC').map(({ id, origin }): SecurityGroup => {
    const own = `${id}.DefaultSecurityGroup`;
    // https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    const self: GroupRule = { protocol: 'all', peer: { kind: 'group', groupId: own } };
    return {
      id: own,
      name: 'default',
      vpcId: id,
      ingress: [self, ...apart.ingress(own)],
      egress: [everything, ...apart.egress(own)],
      origin,
    };
  });
  return [...groups, ...defaults];
}

/** A whole list that is not known is a rule that may let anything pass. */
function listed(read: Reader, key: string): GroupRule[] {
  const value = read.raw(key);
  if (value === undefined || Array.isArray(value)) return [];
  return [{ ...everything, origin: read.origin, uncertain: `the rules of ${key} are not known` }];
}

/** Of a group: its rules that are resources of their own, and those that may be its own. */
function rulesApart(
  resources: ReadonlyMap<string, Declared>,
  direction: 'ingress' | 'egress',
): (groupId: string) => readonly GroupRule[] {
  const rules = new Map<string, GroupRule[]>();
  const anybodys: GroupRule[] = [];
  const type = direction === 'ingress' ? 'AWS::EC2::SecurityGroupIngress' : 'AWS::EC2::SecurityGroupEgress';
  for (const declared of ofType(resources, type)) {
    const read = readerOf(declared);
    const id = read.id('GroupId');
    const why = untold(resources, 'AWS::EC2::SecurityGroup', id);
    if (why !== undefined) anybodys.push(...ruleOf(read, direction, why));
    const group = known(id);
    if (group === undefined || why !== undefined) continue;
    rules.set(group, [...(rules.get(group) ?? []), ...ruleOf(read, direction, declared.uncertain)]);
  }
  return (groupId) => [...(rules.get(groupId) ?? []), ...anybodys];
}

function ruleOf(read: Reader, direction: 'ingress' | 'egress', conditional?: string): GroupRule[] {
  const side = direction === 'ingress' ? 'Source' : 'Destination';
  const protocol = protocolOf(read);
  const [from, to] = [read.number('FromPort'), read.number('ToPort')];
  const ports = portsOf(known(protocol) ?? 'all', known(from), known(to));
  const cidr = read.text('CidrIp');
  const group = read.id(`${side}SecurityGroupId`) ?? read.id('SourceSecurityGroupName');
  const list = read.id(`${side}PrefixListId`);
  const open = [protocol, from, to, cidr, group, list].find(isUnknown)?.unknown ?? conditional;
  const peer: GroupRule['peer'] | undefined =
    group !== undefined
      ? { kind: 'group', groupId: known(group) ?? '(unknown)' }
      : list !== undefined
        ? { kind: 'prefix-list', prefixListId: known(list) ?? '(unknown)' }
        : cidr !== undefined
          ? { kind: 'cidr', cidr: canonicalCidr(known(cidr) ?? '') ?? known(cidr) ?? '0.0.0.0/0' }
          : undefined;
  // A rule without source is not added: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-security-group-rule-1.html
  if (!peer) return [];
  const description = known(read.text('Description'));
  return [
    {
      protocol: known(protocol) ?? 'all',
      ...(ports ? { ports } : {}),
      peer,
      ...(description === undefined ? {} : { description }),
      origin: read.origin,
      ...(open === undefined ? {} : { uncertain: open }),
    },
  ];
}

/** Names and numbers alike: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
function protocolOf(read: Reader) {
  const text = read.text('IpProtocol');
  if (text === undefined || isUnknown(text)) return text;
  const names: Readonly<Record<string, string>> = { '-1': 'all', '6': 'tcp', '17': 'udp', '1': 'icmp' };
  return names[text] ?? text.toLowerCase();
}

function portsOf(protocol: string, from: number | undefined, to: number | undefined): PortRange | undefined {
  if (!['tcp', 'udp', 'icmp'].includes(protocol)) return undefined;
  if (from === undefined || (from === -1 && protocol !== 'icmp')) return undefined;
  return { from, to: to ?? from };
}
