import { testRefusals } from './test-refusals.ts';

const tcp = (from: number, to: number) => ({ IpProtocol: 'tcp', FromPort: from, ToPort: to });

/** Codes and words: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
testRefusals([
  [
    'a second group of a name, whatever its case',
    (api, it) => api.CreateSecurityGroup({ VpcId: it.vpcId, GroupName: 'WEB', Description: 'x' }),
    (it) => `InvalidGroup.Duplicate: The security group 'WEB' already exists for VPC '${it.vpcId}'`,
  ],
  [
    'a group named default',
    (api, it) => api.CreateSecurityGroup({ VpcId: it.vpcId, GroupName: 'default', Description: 'x' }),
    "InvalidGroup.Reserved: The security group 'default' is reserved",
  ],
  [
    'a group named like an id',
    (api, it) => api.CreateSecurityGroup({ VpcId: it.vpcId, GroupName: 'sg-x', Description: 'x' }),
    "InvalidParameterValue: Invalid value 'sg-x' for groupName. Group names may not be in the format sg-*.",
  ],
  [
    'a group without a description',
    (api, it) => api.CreateSecurityGroup({ VpcId: it.vpcId, GroupName: 'x', Description: '' }),
    'MissingParameter: The request must contain the parameter groupDescription',
  ],
  [
    'a group without a VPC where no VPC is the default',
    (api) => api.CreateSecurityGroup({ GroupName: 'x', Description: 'x' }),
    'VPCIdNotSpecified: No default VPC for this user',
  ],
  [
    'the default group',
    (api, it) => api.DeleteSecurityGroup({ GroupId: it.defaultGroup }),
    (it) =>
      `CannotDelete: the specified group: "${it.defaultGroup}" name: "default" cannot be deleted by a user`,
  ],
  [
    'a group on an interface',
    (api, it) => api.DeleteSecurityGroup({ GroupId: it.api }),
    (it) => `DependencyViolation: resource ${it.api} has a dependent object`,
  ],
  [
    'a group that another names',
    (api, it) => api.DeleteSecurityGroup({ GroupId: it.web }),
    (it) => `DependencyViolation: resource ${it.web} has a dependent object`,
  ],
  [
    'an unknown group',
    (api) => api.DeleteSecurityGroup({ GroupId: 'sg-0' }),
    "InvalidGroup.NotFound: The security group 'sg-0' does not exist",
  ],
  [
    'a rule twice',
    (api, it) => api.AuthorizeSecurityGroupIngress({ GroupId: it.web, ...tcp(80, 80), CidrIp: '0.0.0.0/0' }),
    'InvalidPermission.Duplicate: the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists',
  ],
  [
    'a rule that differs in host bits alone',
    (api, it) => api.AuthorizeSecurityGroupIngress({ GroupId: it.web, ...tcp(80, 80), CidrIp: '10.0.0.1/0' }),
    'InvalidPermission.Duplicate: the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists',
  ],
  [
    'the egress that a group begins with',
    (api, it) =>
      api.AuthorizeSecurityGroupEgress({
        GroupId: it.web,
        IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      }),
    'InvalidPermission.Duplicate: the specified rule "peer: 0.0.0.0/0, ALL, ALLOW" already exists',
  ],
  [
    'one rule twice in a call',
    (api, it) =>
      api.AuthorizeSecurityGroupIngress({
        GroupId: it.web,
        IpPermissions: [{ ...tcp(1, 1), IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '10.0.0.0/8' }] }],
      }),
    'InvalidParameterValue: The same permission must not appear multiple times',
  ],
  [
    'TCP without ports',
    (api, it) =>
      api.AuthorizeSecurityGroupIngress({ GroupId: it.web, IpProtocol: 'tcp', CidrIp: '0.0.0.0/0' }),
    "InvalidParameterValue: Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
  ],
  [
    'ports the wrong way round',
    (api, it) => api.AuthorizeSecurityGroupIngress({ GroupId: it.web, ...tcp(443, 80), CidrIp: '0.0.0.0/0' }),
    'InvalidParameterValue: Invalid TCP/UDP port range (443:80)',
  ],
  [
    'an unknown protocol',
    (api, it) =>
      api.AuthorizeSecurityGroupIngress({ GroupId: it.web, IpProtocol: 'http', CidrIp: '0.0.0.0/0' }),
    "InvalidParameterValue: Invalid value 'http' for IP protocol. Unknown protocol.",
  ],
  [
    'a rule for no CIDR',
    (api, it) => api.AuthorizeSecurityGroupIngress({ GroupId: it.web, ...tcp(1, 1), CidrIp: 'all' }),
    'InvalidParameterValue: CIDR block all is malformed',
  ],
  [
    'a rule for no IPv6 CIDR',
    (api, it) =>
      api.AuthorizeSecurityGroupIngress({
        GroupId: it.web,
        IpPermissions: [{ ...tcp(1, 1), Ipv6Ranges: [{ CidrIpv6: '::/129' }] }],
      }),
    'InvalidParameterValue: CIDR block ::/129 is malformed',
  ],
  [
    'a group of another network as peer',
    (api, it) =>
      api.AuthorizeSecurityGroupIngress({
        GroupId: it.web,
        IpPermissions: [{ ...tcp(1, 1), UserIdGroupPairs: [{ GroupId: it.foreign }] }],
      }),
    'InvalidGroup.NotFound: You have specified two resources that belong to different networks.',
  ],
  [
    'a rule that is not there',
    (api, it) => api.RevokeSecurityGroupIngress({ GroupId: it.web, ...tcp(81, 81), CidrIp: '0.0.0.0/0' }),
    'InvalidPermission.NotFound: The specified rule does not exist in this security group.',
  ],
  [
    'the default ACL',
    (api, it) => api.DeleteNetworkAcl({ NetworkAclId: it.defaultAcl }),
    (it) => `InvalidParameterValue: cannot delete default network ACL ${it.defaultAcl}`,
  ],
  [
    'an ACL entry twice',
    (api, it) =>
      api.CreateNetworkAclEntry({
        NetworkAclId: it.defaultAcl,
        RuleNumber: 100,
        Protocol: '-1',
        RuleAction: 'deny',
        Egress: false,
        CidrBlock: '0.0.0.0/0',
      }),
    'NetworkAclEntryAlreadyExists: The network acl entry identified by 100 already exists.',
  ],
  [
    'the last ACL entry',
    (api, it) =>
      api.CreateNetworkAclEntry({
        NetworkAclId: it.acl,
        RuleNumber: 32767,
        Protocol: '-1',
        RuleAction: 'allow',
        Egress: false,
        CidrBlock: '0.0.0.0/0',
      }),
    'InvalidParameterValue: Value (32767) for parameter ruleNumber is invalid. Must be between 1 and 32766.',
  ],
  [
    'a TCP entry without ports',
    (api, it) =>
      api.CreateNetworkAclEntry({
        NetworkAclId: it.acl,
        RuleNumber: 1,
        Protocol: '6',
        RuleAction: 'allow',
        Egress: false,
        CidrBlock: '0.0.0.0/0',
      }),
    'MissingParameter: The request must contain the parameter portRange',
  ],
  [
    'an ACL entry that is not there',
    (api, it) => api.DeleteNetworkAclEntry({ NetworkAclId: it.acl, RuleNumber: 1, Egress: true }),
    'InvalidNetworkAclEntry.NotFound: The network acl entry identified by 1 does not exist.',
  ],
  [
    'an interface of a service',
    (api, it) => api.DeleteNetworkInterface({ NetworkInterfaceId: it.managed }),
    (it) => `InvalidNetworkInterface.InUse: Network interface '${it.managed}' is currently in use.`,
  ],
  [
    'changing an interface of a service',
    (api, it) => api.ModifyNetworkInterfaceAttribute({ NetworkInterfaceId: it.managed, Groups: [it.web] }),
    'OperationNotPermitted: You do not have permission to access the specified resource.',
  ],
  [
    'a reserved address',
    (api, it) => api.CreateNetworkInterface({ SubnetId: it.subnetA, PrivateIpAddress: '10.0.0.2' }),
    "InvalidParameterValue: Value (10.0.0.2) for parameter address is invalid. Address is in subnet's reserved address range",
  ],
  [
    'an address of another subnet',
    (api, it) => api.CreateNetworkInterface({ SubnetId: it.subnetA, PrivateIpAddress: '10.0.1.9' }),
    "InvalidParameterValue: Value (10.0.1.9) for parameter address is invalid. Address does not fall within the subnet's address range",
  ],
  [
    'an address in use',
    (api, it) => api.CreateNetworkInterface({ SubnetId: it.subnetB, PrivateIpAddress: '10.0.1.4' }),
    'InvalidIPAddress.InUse: Address 10.0.1.4 is in use.',
  ],
  [
    'a group of another VPC on an interface',
    (api, it) => api.CreateNetworkInterface({ SubnetId: it.subnetB, Groups: [it.foreign] }),
    (it) =>
      `InvalidParameterValue: You have specified two resources that belong to different networks: ${it.foreign}, ${it.vpcId}.`,
  ],
  [
    'an Elastic IP in use',
    (api, it) => api.ReleaseAddress({ AllocationId: it.eip }),
    'InvalidIPAddress.InUse: Address 198.51.100.4 is in use.',
  ],
  [
    'an Elastic IP on a service’s interface',
    (api, it) => api.AssociateAddress({ AllocationId: it.eip, NetworkInterfaceId: it.managed }),
    'OperationNotPermitted: You do not have permission to access the specified resource.',
  ],
  [
    'an unknown filter',
    (api) => api.DescribeVpcs({ Filters: [{ Name: 'colour', Values: ['red'] }] }),
    "InvalidParameterValue: The filter 'colour' is invalid",
  ],
  [
    'pages of four',
    (api) => api.DescribeVpcs({ MaxResults: 4 }),
    'InvalidMaxResults: Value (4) for parameter maxResults is invalid. Expecting a value from 5 to 1000.',
  ],
  [
    'a made-up token',
    (api) => api.DescribeVpcs({ NextToken: 'x' }),
    "InvalidNextToken: The token 'x' is invalid",
  ],
  [
    'pages of named resources',
    (api, it) => api.DescribeVpcs({ VpcIds: [it.vpcId], MaxResults: 5 }),
    'InvalidParameterCombination: The parameter MaxResults cannot be used together with a list of ids',
  ],
  [
    'tags for another kind of resource',
    (api) =>
      api.CreateVpc({
        CidrBlock: '10.0.0.0/16',
        TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'a', Value: 'b' }] }],
      }),
    "InvalidParameterValue: 'subnet' is not a valid taggable resource type for this operation.",
  ],
  [
    'a dry run',
    (api) => api.CreateVpc({ CidrBlock: '10.0.0.0/16', DryRun: true }),
    'DryRunOperation: Request would have succeeded, but DryRun flag is set.',
  ],
]);
