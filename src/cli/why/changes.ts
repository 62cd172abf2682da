import type { Change } from '../../verify/reach/model.ts';

/** What to write so that a gate opens, in the words of CloudFormation. */
export function changeText(change: Change): string {
  switch (change.kind) {
    case 'group-rule': {
      const { groupId, direction, protocol, port, peer } = change;
      const type =
        direction === 'ingress' ? 'AWS::EC2::SecurityGroupIngress' : 'AWS::EC2::SecurityGroupEgress';
      const side = direction === 'ingress' ? 'SourceSecurityGroupId' : 'DestinationSecurityGroupId';
      const whom = peer.kind === 'group' ? `${side}: ${peer.groupId}` : `CidrIp: ${peer.cidr}`;
      return `${type} {GroupId: ${groupId}, IpProtocol: ${protocol}, FromPort: ${port}, ToPort: ${port}, ${whom}}`;
    }
    case 'acl-entry': {
      const { networkAclId, direction, number, protocol, ports, cidr } = change;
      return `AWS::EC2::NetworkAclEntry {NetworkAclId: ${networkAclId}, RuleNumber: ${number}, Egress: ${direction === 'egress'}, Protocol: ${protocol === 'tcp' ? 6 : 17}, PortRange: ${ports.from}–${ports.to}, CidrBlock: ${cidr}, RuleAction: allow}`;
    }
    case 'route': {
      const { routeTableId, destination, target } = change;
      const key = {
        'internet-gateway': 'GatewayId',
        'nat-gateway': 'NatGatewayId',
        peering: 'VpcPeeringConnectionId',
      }[target.kind];
      const whom = target.id ?? `(make one: ${target.kind})`;
      return `AWS::EC2::Route {RouteTableId: ${routeTableId}, DestinationCidrBlock: ${destination}, ${key}: ${whom}}`;
    }
    case 'public-address':
      return `AssignPublicIp: ENABLED for ${change.name}`;
    case 'attach-internet-gateway':
      return `AWS::EC2::VPCGatewayAttachment of an internet gateway to ${change.vpcId}`;
    case 'gateway-endpoint-route':
      return `${change.routeTableId} in the RouteTableIds of ${change.endpointId}`;
  }
}
