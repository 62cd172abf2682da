// What templates expect to stand already: a network, a cluster, roles. One stack, in our own words.
const zone = (index) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] });
const ref = (name) => ({ Ref: name });
const list = (...names) => ({ 'Fn::Join': [',', names.map(ref)] });
const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
};

/** Exports, by the end of their name, and parameters without provider, by their name: what of the network they stand for. */
const meanings = [
  [/public.*subnet.*(one|1|a)$|subnet.?(a|1|one).?public$/i, 'Public1'],
  [/public.*subnet.*(two|2|b)$|subnet.?(b|2|two).?public$/i, 'Public2'],
  [/private.*subnet.*(one|1|a)$|subnet.?(a|1|one).?private$/i, 'Private1'],
  [/private.*subnet.*(two|2|b)$|subnet.?(b|2|two).?private$/i, 'Private2'],
  [/private.*subnet|subnets?.?private/i, 'PrivateSubnets'],
  [/subnet.?(two|2)$/i, 'Public2'],
  [/subnet.?(one|1|id)$/i, 'Public1'],
  [/subnet/i, 'PublicSubnets'],
  [/vpc.?(id)?$/i, 'Vpc'],
  [/cidrblock$/i, 'Cidr'],
  [/(az|availability).*s$/i, 'Zones'],
  [/securitygroup/i, 'Group'],
  [/executionrole/i, 'ExecutionRoleArn'],
  [/role(arn)?$/i, 'TaskRoleArn'],
  [/namespace.*id$/i, 'Namespace'],
  [/namespace/i, 'Namespace'],
  [/cluster(name)?$/i, 'Cluster'],
  [/httplistener|listener(arn)?$/i, 'Listener'],
  [/loggroup(name)?$/i, 'Logs'],
];
export const meaningOf = (name) => meanings.find(([pattern]) => pattern.test(name))?.[1];

/** The stack's template; with the exports `names`, as far as they mean anything. */
export function networkTemplate(names = []) {
  const resources = {
    Vpc: {
      Type: 'AWS::EC2::VPC',
      Properties: { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: true, EnableDnsSupport: true },
    },
    Gateway: { Type: 'AWS::EC2::InternetGateway' },
    Attachment: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { VpcId: ref('Vpc'), InternetGatewayId: ref('Gateway') },
    },
    Routes: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } },
    Outward: {
      Type: 'AWS::EC2::Route',
      DependsOn: 'Attachment',
      Properties: {
        RouteTableId: ref('Routes'),
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: ref('Gateway'),
      },
    },
    Address: { Type: 'AWS::EC2::EIP', DependsOn: 'Attachment', Properties: { Domain: 'vpc' } },
    Nat: {
      Type: 'AWS::EC2::NatGateway',
      Properties: {
        SubnetId: ref('Public1'),
        AllocationId: { 'Fn::GetAtt': ['Address', 'AllocationId'] },
      },
    },
    PrivateRoutes: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } },
    PrivateOutward: {
      Type: 'AWS::EC2::Route',
      Properties: {
        RouteTableId: ref('PrivateRoutes'),
        DestinationCidrBlock: '0.0.0.0/0',
        NatGatewayId: ref('Nat'),
      },
    },
    Group: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'everything of the VPC',
        VpcId: ref('Vpc'),
        SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: '10.0.0.0/16' }],
      },
    },
    Cluster: { Type: 'AWS::ECS::Cluster' },
    Namespace: {
      Type: 'AWS::ServiceDiscovery::PrivateDnsNamespace',
      Properties: { Name: 'prepared.internal', Vpc: ref('Vpc') },
    },
    Logs: { Type: 'AWS::Logs::LogGroup' },
    LoadBalancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      DependsOn: 'Outward',
      Properties: { Subnets: [ref('Public1'), ref('Public2')], SecurityGroups: [ref('Group')] },
    },
    Listener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: ref('LoadBalancer'),
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
      },
    },
    ExecutionRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trust,
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'],
      },
    },
    TaskRole: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
  };
  for (const [index, name] of ['Public1', 'Public2', 'Private1', 'Private2'].entries()) {
    const isPublic = index < 2;
    resources[name] = {
      Type: 'AWS::EC2::Subnet',
      Properties: {
        VpcId: ref('Vpc'),
        CidrBlock: `10.0.${index}.0/24`,
        AvailabilityZone: zone(index % 2),
        MapPublicIpOnLaunch: isPublic,
      },
    };
    resources[`${name}Routes`] = {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { SubnetId: ref(name), RouteTableId: ref(isPublic ? 'Routes' : 'PrivateRoutes') },
    };
  }
  const values = {
    ...Object.fromEntries(
      ['Vpc', 'Public1', 'Public2', 'Private1', 'Private2', 'Group', 'Cluster', 'Namespace', 'Logs'].map(
        (name) => [name, ref(name)],
      ),
    ),
    Listener: ref('Listener'),
    Cidr: { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] },
    Zones: { 'Fn::Join': [',', [zone(0), zone(1)]] },
    PublicSubnets: list('Public1', 'Public2'),
    PrivateSubnets: list('Private1', 'Private2'),
    ExecutionRoleArn: { 'Fn::GetAtt': ['ExecutionRole', 'Arn'] },
    TaskRoleArn: { 'Fn::GetAtt': ['TaskRole', 'Arn'] },
  };
  const exported = names.flatMap((suffix, index) => {
    const meaning = meaningOf(suffix);
    return meaning
      ? [
          [
            `Export${index}`,
            {
              Value: values[meaning],
              Export: { Name: { 'Fn::Join': ['', [ref('AWS::StackName'), suffix]] } },
            },
          ],
        ]
      : [];
  });
  return JSON.stringify({
    Resources: resources,
    Outputs: {
      ...Object.fromEntries(Object.entries(values).map(([name, Value]) => [name, { Value }])),
      ...Object.fromEntries(exported),
    },
  });
}

/** A stack that exports, under its own name, what an earlier network gave. */
export function exportsTemplate(names, outputs) {
  const exported = names.flatMap((suffix, index) => {
    const value = outputs[meaningOf(suffix)];
    const Name = { 'Fn::Join': ['', [ref('AWS::StackName'), suffix]] };
    return value === undefined ? [] : [[`Export${index}`, { Value: value, Export: { Name } }]];
  });
  return JSON.stringify({
    Resources: { Nothing: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
    Outputs: Object.fromEntries(exported),
  });
}
