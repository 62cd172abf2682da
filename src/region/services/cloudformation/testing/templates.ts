type Resources = Record<string, { Type: string; Properties?: unknown; [key: string]: unknown }>;
const ref = (name: string) => ({ Ref: name });
const att = (name: string, attribute: string) => ({ 'Fn::GetAtt': [name, attribute] });
const tag = (value: string) => [{ Key: 'Name', Value: value }];
const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
};

/** Every kind of resource of a small deployment: two zones, a load balancer, three services that find each other. */
export function deployment(
  image = 'nginx:1',
  services: readonly string[] = ['web', 'api', 'worker'],
): string {
  const resources: Resources = {
    Vpc: {
      Type: 'AWS::EC2::VPC',
      Properties: {
        CidrBlock: '10.0.0.0/16',
        EnableDnsHostnames: true,
        EnableDnsSupport: true,
        Tags: tag('v'),
      },
    },
    Dhcp: {
      Type: 'AWS::EC2::DHCPOptions',
      Properties: { DomainName: 'local', DomainNameServers: ['AmazonProvidedDNS'] },
    },
    DhcpAssociation: {
      Type: 'AWS::EC2::VPCDHCPOptionsAssociation',
      Properties: { VpcId: ref('Vpc'), DhcpOptionsId: ref('Dhcp') },
    },
    Gateway: { Type: 'AWS::EC2::InternetGateway' },
    Attachment: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { VpcId: ref('Vpc'), InternetGatewayId: ref('Gateway') },
    },
    Address: { Type: 'AWS::EC2::EIP', Properties: { Domain: 'vpc' }, DependsOn: 'Attachment' },
    Nat: {
      Type: 'AWS::EC2::NatGateway',
      Properties: { SubnetId: ref('PublicSubnet1'), AllocationId: att('Address', 'AllocationId') },
    },
    PublicTable: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } },
    PrivateTable: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } },
    PublicRoute: {
      Type: 'AWS::EC2::Route',
      DependsOn: 'Attachment',
      Properties: {
        RouteTableId: ref('PublicTable'),
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: ref('Gateway'),
      },
    },
    PrivateRoute: {
      Type: 'AWS::EC2::Route',
      Properties: {
        RouteTableId: ref('PrivateTable'),
        DestinationCidrBlock: '0.0.0.0/0',
        NatGatewayId: ref('Nat'),
      },
    },
    Endpoint: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcId: ref('Vpc'),
        ServiceName: { 'Fn::Sub': 'com.amazonaws.${AWS::Region}.s3' },
        RouteTableIds: [ref('PublicTable'), ref('PrivateTable')],
      },
    },
    Acl: { Type: 'AWS::EC2::NetworkAcl', Properties: { VpcId: ref('Vpc') } },
    AclIn: {
      Type: 'AWS::EC2::NetworkAclEntry',
      Properties: {
        NetworkAclId: ref('Acl'),
        RuleNumber: 100,
        Protocol: -1,
        RuleAction: 'allow',
        CidrBlock: '0.0.0.0/0',
      },
    },
    AclOut: {
      Type: 'AWS::EC2::NetworkAclEntry',
      Properties: {
        NetworkAclId: ref('Acl'),
        RuleNumber: '100',
        Egress: 'true',
        Protocol: -1,
        RuleAction: 'allow',
        CidrBlock: '0.0.0.0/0',
      },
    },
    AclAssociation: {
      Type: 'AWS::EC2::SubnetNetworkAclAssociation',
      Properties: { SubnetId: ref('PrivateSubnet1'), NetworkAclId: ref('Acl') },
    },
    AlbGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'balancer',
        VpcId: ref('Vpc'),
        SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' }],
      },
    },
    Alb: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      DependsOn: ['Attachment'],
      Properties: {
        Subnets: [ref('PublicSubnet1'), ref('PublicSubnet2')],
        SecurityGroups: [att('AlbGroup', 'GroupId')],
        Scheme: 'internet-facing',
        LoadBalancerAttributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '30' }],
      },
    },
    Targets: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: {
        VpcId: ref('Vpc'),
        Port: 80,
        Protocol: 'HTTP',
        TargetType: 'ip',
        HealthCheckPath: '/',
        TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }],
      },
    },
    Listener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: ref('Alb'),
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'forward', TargetGroupArn: ref('Targets') }],
      },
    },
    Rule: {
      Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
      Properties: {
        ListenerArn: ref('Listener'),
        Priority: 10,
        Conditions: [{ Field: 'path-pattern', Values: ['/api/*'] }],
        Actions: [{ Type: 'forward', TargetGroupArn: ref('Targets') }],
      },
    },
    Cluster: { Type: 'AWS::ECS::Cluster' },
    Namespace: {
      Type: 'AWS::ServiceDiscovery::PrivateDnsNamespace',
      Properties: { Name: 'local', Vpc: ref('Vpc') },
    },
    ExecutionRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trust,
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'],
      },
    },
    Secret: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        GenerateSecretString: { SecretStringTemplate: '{"user":"x"}', GenerateStringKey: 'password' },
      },
    },
    Access: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'read-secret',
        Roles: [ref('ExecutionRole')],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: ref('Secret') }],
        },
      },
    },
    Shared: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        Roles: [ref('ExecutionRole')],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*', Sid: image.replace(/\W/g, '') }],
        },
      },
    },
    Out: {
      Type: 'AWS::EC2::SecurityGroupEgress',
      Properties: {
        GroupId: ref('AlbGroup'),
        IpProtocol: 'tcp',
        FromPort: 80,
        ToPort: 80,
        DestinationSecurityGroupId: att('WebGroup', 'GroupId'),
      },
    },
    Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
    Assets: { Type: 'AWS::S3::Bucket' },
    Data: {
      Type: 'AWS::EFS::FileSystem',
      Properties: { Encrypted: true, LifecyclePolicies: [{ TransitionToIA: 'AFTER_30_DAYS' }] },
    },
    DataTarget: {
      Type: 'AWS::EFS::MountTarget',
      Properties: {
        FileSystemId: ref('Data'),
        SubnetId: ref('PrivateSubnet1'),
        SecurityGroups: [att('Vpc', 'DefaultSecurityGroup')],
      },
    },
    DataPoint: {
      Type: 'AWS::EFS::AccessPoint',
      Properties: {
        FileSystemId: ref('Data'),
        RootDirectory: {
          Path: '/api',
          CreationInfo: { OwnerUid: '999', OwnerGid: '999', Permissions: '0755' },
        },
      },
    },
    Scalable: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: {
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: { 'Fn::Sub': 'service/${Cluster}/${WebService.Name}' },
        MinCapacity: 1,
        MaxCapacity: image === 'nginx:1' ? 3 : 4,
      },
    },
    Scaling: {
      Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      Properties: {
        PolicyName: 'cpu',
        PolicyType: 'TargetTrackingScaling',
        ScalingTargetId: ref('Scalable'),
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 60,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        },
      },
    },
    Busy: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        Namespace: 'AWS/ECS',
        MetricName: 'CPUUtilization',
        Dimensions: [{ Name: 'ServiceName', Value: att('WebService', 'Name') }],
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 80,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    },
    Providers: {
      Type: 'AWS::ECS::ClusterCapacityProviderAssociations',
      Properties: {
        Cluster: ref('Cluster'),
        CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
      },
    },
    Setting: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Value: image, Description: 'what runs' },
    },
    Nightly: {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: image === 'nginx:1' ? 'cron(0 3 * * ? *)' : 'cron(0 4 * * ? *)' },
    },
    Images: { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: 'under/test' } },
    Alias: {
      Type: 'AWS::ServiceDiscovery::Service',
      Properties: {
        Name: 'alias',
        DnsConfig: {
          NamespaceId: ref('Namespace'),
          RoutingPolicy: 'WEIGHTED',
          DnsRecords: [{ Type: 'CNAME', TTL: 10 }],
        },
      },
    },
    AliasInstance: {
      Type: 'AWS::ServiceDiscovery::Instance',
      Properties: {
        ServiceId: ref('Alias'),
        InstanceId: 'alias',
        InstanceAttributes: { AWS_INSTANCE_CNAME: 'api.local' },
      },
    },
  };
  for (const [number, kind] of [
    [1, 'Public'],
    [2, 'Public'],
    [1, 'Private'],
    [2, 'Private'],
  ] as const) {
    const third = kind === 'Public' ? number : number + 10;
    resources[`${kind}Subnet${number}`] = {
      Type: 'AWS::EC2::Subnet',
      Properties: {
        VpcId: ref('Vpc'),
        CidrBlock: `10.0.${third}.0/24`,
        AvailabilityZone: { 'Fn::Select': [number - 1, { 'Fn::GetAZs': '' }] },
        MapPublicIpOnLaunch: kind === 'Public',
      },
    };
    resources[`${kind}Association${number}`] = {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { SubnetId: ref(`${kind}Subnet${number}`), RouteTableId: ref(`${kind}Table`) },
    };
  }
  for (const [index, name] of services.entries()) Object.assign(resources, service(name, index === 0, image));
  return JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'a small deployment',
    Resources: resources,
    Outputs: {
      Url: { Value: { 'Fn::Sub': 'http://${Alb.DNSName}' } },
      VpcId: { Value: ref('Vpc'), Export: { Name: { 'Fn::Sub': '${AWS::StackName}-vpc' } } },
    },
  });
}

function service(name: string, behindBalancer: boolean, image: string): Resources {
  const id = name[0]!.toUpperCase() + name.slice(1);
  return {
    [`${id}Logs`]: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } },
    [`${id}Group`]: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { GroupDescription: name, VpcId: ref('Vpc') },
    },
    [`${id}FromBalancer`]: {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        GroupId: att(`${id}Group`, 'GroupId'),
        IpProtocol: 'tcp',
        FromPort: 80,
        ToPort: 80,
        SourceSecurityGroupId: att('AlbGroup', 'GroupId'),
        Description: 'from the balancer',
      },
    },
    [`${id}Discovery`]: {
      Type: 'AWS::ServiceDiscovery::Service',
      Properties: {
        Name: name,
        DnsConfig: { NamespaceId: ref('Namespace'), DnsRecords: [{ Type: 'A', TTL: 10 }] },
        HealthCheckCustomConfig: { FailureThreshold: 1 },
      },
    },
    [`${id}Task`]: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        Cpu: '256',
        Memory: '512',
        NetworkMode: 'awsvpc',
        RequiresCompatibilities: ['FARGATE'],
        ExecutionRoleArn: att('ExecutionRole', 'Arn'),
        ContainerDefinitions: [
          {
            Name: 'app',
            Image: image,
            PortMappings: [{ ContainerPort: 80 }],
            LogConfiguration: {
              LogDriver: 'awslogs',
              Options: {
                'awslogs-group': ref(`${id}Logs`),
                'awslogs-region': ref('AWS::Region'),
                'awslogs-stream-prefix': 'app',
              },
            },
          },
        ],
      },
    },
    [`${id}Service`]: {
      Type: 'AWS::ECS::Service',
      DependsOn: ['Listener', 'Access'],
      Properties: {
        Cluster: ref('Cluster'),
        TaskDefinition: ref(`${id}Task`),
        LaunchType: 'FARGATE',
        DesiredCount: 1,
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            Subnets: [ref('PrivateSubnet1'), ref('PrivateSubnet2')],
            SecurityGroups: [att(`${id}Group`, 'GroupId')],
          },
        },
        ServiceRegistries: [{ RegistryArn: att(`${id}Discovery`, 'Arn') }],
        ...(behindBalancer
          ? { LoadBalancers: [{ ContainerName: 'app', ContainerPort: 80, TargetGroupArn: ref('Targets') }] }
          : {}),
      },
    },
  };
}
