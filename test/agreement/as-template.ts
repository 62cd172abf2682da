import type { Design, DesignedRule } from './design.ts';

type Resource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> };

/** `Vpc0.DefaultSecurityGroup` is an attribute, everything else a reference. */
const refTo = (id: string): unknown => (id.includes('.') ? { 'Fn::GetAtt': id.split('.') } : { Ref: id });
const groupRef = (id: string): unknown => (id.includes('.') ? refTo(id) : { 'Fn::GetAtt': [id, 'GroupId'] });

/** The design as the text of a CloudFormation template. */
export function asTemplate(design: Design): string {
  const resources: Record<string, Resource> = {};
  const add = (id: string, type: string, properties?: Readonly<Record<string, unknown>>) =>
    void (resources[id] = { Type: `AWS::EC2::${type}`, ...(properties ? { Properties: properties } : {}) });
  for (const { id, cidr, gateway } of design.vpcs) {
    add(id, 'VPC', { CidrBlock: cidr });
    if (!gateway) continue;
    add(`${id}Gateway`, 'InternetGateway');
    add(`${id}Attachment`, 'VPCGatewayAttachment', {
      VpcId: { Ref: id },
      InternetGatewayId: { Ref: `${id}Gateway` },
    });
  }
  for (const { id, vpcId, cidr, tableId, aclId } of design.subnets) {
    add(id, 'Subnet', { VpcId: { Ref: vpcId }, CidrBlock: cidr });
    if (tableId)
      add(`${id}Table`, 'SubnetRouteTableAssociation', {
        SubnetId: { Ref: id },
        RouteTableId: { Ref: tableId },
      });
    if (aclId)
      add(`${id}Acl`, 'SubnetNetworkAclAssociation', { SubnetId: { Ref: id }, NetworkAclId: { Ref: aclId } });
  }
  for (const { id, vpcId, routes } of design.tables) {
    add(id, 'RouteTable', { VpcId: { Ref: vpcId } });
    for (const [at, { destination, target }] of routes.entries())
      add(`${id}Route${at}`, 'Route', {
        RouteTableId: { Ref: id },
        DestinationCidrBlock: destination,
        [target.kind === 'nat-gateway' ? 'NatGatewayId' : 'GatewayId']: { Ref: target.id },
      });
  }
  for (const { id, vpcId, entries } of design.acls) {
    if (!id.includes('.')) add(id, 'NetworkAcl', { VpcId: { Ref: vpcId } });
    for (const [at, { number, egress, action, protocol, cidr, ports }] of entries.entries())
      add(`${id.replace('.', '')}Entry${at}`, 'NetworkAclEntry', {
        NetworkAclId: refTo(id),
        RuleNumber: number,
        // Both are common: absent is inbound.
        ...(egress ? { Egress: true } : at % 2 === 0 ? { Egress: false } : {}),
        RuleAction: action,
        Protocol: at % 2 === 0 ? Number(protocol) : protocol,
        CidrBlock: cidr,
        ...(protocol === '6' || protocol === '17' ? { PortRange: { From: ports.from, To: ports.to } } : {}),
        ...(protocol === '1' ? { Icmp: { Type: -1, Code: -1 } } : {}),
      });
  }
  for (const { id, vpcId, isDefault, ingress, egress } of design.groups) {
    const inline = (rules: readonly DesignedRule[], side: 'Source' | 'Destination') =>
      rules.filter(({ apart }) => !apart).map((rule) => ruleProperties(rule, side));
    if (!isDefault)
      add(id, 'SecurityGroup', {
        VpcId: { Ref: vpcId },
        GroupName: id,
        GroupDescription: id,
        SecurityGroupIngress: inline(ingress, 'Source'),
        ...(egress.length > 0 ? { SecurityGroupEgress: inline(egress, 'Destination') } : {}),
      });
    for (const [direction, rules, side] of [
      ['Ingress', ingress, 'Source'],
      ['Egress', egress, 'Destination'],
    ] as const)
      for (const [at, rule] of rules.entries())
        if (rule.apart)
          add(`${id.replace('.', '')}${direction}${at}`, `SecurityGroup${direction}`, {
            GroupId: groupRef(id),
            ...ruleProperties(rule, side),
          });
  }
  for (const { id, subnetId, isPrivate } of design.nats) {
    if (!isPrivate) add(`${id}Address`, 'EIP', { Domain: 'vpc' });
    add(id, 'NatGateway', {
      SubnetId: { Ref: subnetId },
      ...(isPrivate
        ? { ConnectivityType: 'private' }
        : { AllocationId: { 'Fn::GetAtt': [`${id}Address`, 'AllocationId'] } }),
    });
  }
  for (const { id, subnetId, address, groupIds, elastic } of design.interfaces) {
    add(id, 'NetworkInterface', {
      SubnetId: { Ref: subnetId },
      PrivateIpAddress: address,
      ...(groupIds.length > 0 ? { GroupSet: groupIds.map(groupRef) } : {}),
    });
    if (!elastic) continue;
    add(`${id}Address`, 'EIP', { Domain: 'vpc' });
    add(`${id}Association`, 'EIPAssociation', {
      AllocationId: { 'Fn::GetAtt': [`${id}Address`, 'AllocationId'] },
      NetworkInterfaceId: { Ref: id },
    });
  }
  return JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: resources }, null, 2);
}

function ruleProperties({ protocol, ports, peer }: DesignedRule, side: 'Source' | 'Destination') {
  return {
    IpProtocol: protocol,
    ...(['tcp', 'udp', 'icmp', '6', '17'].includes(protocol)
      ? { FromPort: ports.from, ToPort: ports.to }
      : {}),
    ...(peer.kind === 'cidr'
      ? { CidrIp: peer.cidr }
      : { [`${side}SecurityGroupId`]: groupRef(peer.groupId) }),
  };
}
