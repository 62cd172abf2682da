/** What values of a property must be like where the specification does not say. */
export interface Limit {
  readonly values?: readonly (string | number)[];
  readonly pattern?: RegExp;
  /** What a text that fits the pattern is: `a CIDR block`. */
  readonly called?: string;
  /** Of a number. */
  readonly range?: readonly [least: number, most: number];
  /** Of a text, in characters. */
  readonly length?: readonly [least: number, most: number];
  /** Of a list. */
  readonly items?: readonly [least: number, most: number];
  readonly source: string;
}

const API = 'https://docs.aws.amazon.com';
const ecs = (page: string): string => `${API}/AmazonECS/latest/APIReference/API_${page}.html`;
const ec2 = (page: string): string => `${API}/AWSEC2/latest/APIReference/API_${page}.html`;
const elb = (page: string): string => `${API}/elasticloadbalancing/latest/APIReference/API_${page}.html`;
const octet = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const cidr = new RegExp(`^${octet}(\\.${octet}){3}/(3[0-2]|[12]?\\d)$`);
const cidr6 = /^[0-9a-f:]+\/\d{1,3}$/i;
const block = { pattern: cidr, called: 'an IPv4 CIDR block such as 10.0.0.0/16' };
const block6 = { pattern: cidr6, called: 'an IPv6 CIDR block' };
const port = { range: [0, 65_535] } as const;
const listening = { range: [1, 65_535] } as const;
const balancerName = {
  pattern: /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
  called: 'a name of up to 32 letters, digits and hyphens, none at the ends',
};
/** `1 vCPU` and `1024` alike. */
const cpu = { pattern: /^\d+$|^\d*\.?\d+ ?vcpu$/i, called: "CPU units ('256') or vCPU ('.25 vCPU')" };
const memory = { pattern: /^\d+$|^\d*\.?\d+ ?(gb|mb)$/i, called: "MiB ('512') or GB ('0.5 GB')" };
const EC2 = 'AWS::EC2::';
const V2 = 'AWS::ElasticLoadBalancingV2::';
const ECS = 'AWS::ECS::';

/** By type and property, or by type, nested type and property; by hand, each from its page. */
export const limits: Readonly<Record<string, Limit>> = {
  // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: /16 to /28
  [`${EC2}VPC.CidrBlock`]: {
    pattern: new RegExp(`^${octet}(\\.${octet}){3}/(1[6-9]|2[0-8])$`),
    called: 'an IPv4 CIDR block from /16 to /28',
    source: ec2('CreateVpc'),
  },
  [`${EC2}VPC.InstanceTenancy`]: { values: ['default', 'dedicated', 'host'], source: ec2('CreateVpc') },
  [`${EC2}Subnet.CidrBlock`]: {
    pattern: new RegExp(`^${octet}(\\.${octet}){3}/(1[6-9]|2[0-8])$`),
    called: 'an IPv4 CIDR block from /16 to /28',
    source: ec2('CreateSubnet'),
  },
  [`${EC2}Subnet.Ipv6CidrBlock`]: { ...block6, source: ec2('CreateSubnet') },
  [`${EC2}Route.DestinationCidrBlock`]: { ...block, source: ec2('CreateRoute') },
  [`${EC2}Route.DestinationIpv6CidrBlock`]: { ...block6, source: ec2('CreateRoute') },
  [`${EC2}NatGateway.ConnectivityType`]: { values: ['public', 'private'], source: ec2('CreateNatGateway') },
  [`${EC2}EIP.Domain`]: { values: ['vpc', 'standard'], source: ec2('AllocateAddress') },
  ...groupRule(`${EC2}SecurityGroup.Ingress`),
  ...groupRule(`${EC2}SecurityGroup.Egress`),
  ...groupRule(`${EC2}SecurityGroupIngress`),
  ...groupRule(`${EC2}SecurityGroupEgress`),
  [`${EC2}SecurityGroup.GroupDescription`]: {
    pattern: /^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/,
    called: 'up to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*',
    source: ec2('CreateSecurityGroup'),
  },
  [`${EC2}SecurityGroup.GroupName`]: {
    pattern: /^(?!sg-)[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/,
    called: 'a name of up to 255 characters that does not begin with sg-',
    source: ec2('CreateSecurityGroup'),
  },
  // https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
  [`${EC2}NetworkAclEntry.RuleNumber`]: { range: [1, 32_766], source: ec2('CreateNetworkAclEntry') },
  [`${EC2}NetworkAclEntry.RuleAction`]: { values: ['allow', 'deny'], source: ec2('CreateNetworkAclEntry') },
  [`${EC2}NetworkAclEntry.Protocol`]: { range: [-1, 255], source: ec2('CreateNetworkAclEntry') },
  [`${EC2}NetworkAclEntry.CidrBlock`]: { ...block, source: ec2('CreateNetworkAclEntry') },
  [`${EC2}NetworkAclEntry.PortRange.From`]: { range: [-1, 65_535], source: ec2('CreateNetworkAclEntry') },
  [`${EC2}NetworkAclEntry.PortRange.To`]: { range: [-1, 65_535], source: ec2('CreateNetworkAclEntry') },
  [`${EC2}VPCEndpoint.VpcEndpointType`]: {
    values: ['Gateway', 'Interface', 'GatewayLoadBalancer', 'Resource', 'ServiceNetwork'],
    source: ec2('CreateVpcEndpoint'),
  },
  [`${EC2}LaunchTemplate.MetadataOptions.HttpTokens`]: {
    values: ['optional', 'required'],
    source: ec2('InstanceMetadataOptionsRequest'),
  },
  [`${EC2}LaunchTemplate.MetadataOptions.HttpPutResponseHopLimit`]: {
    range: [1, 64],
    source: ec2('InstanceMetadataOptionsRequest'),
  },

  [`${ECS}Cluster.ClusterName`]: {
    pattern: /^[A-Za-z0-9_-]{1,255}$/,
    called: 'a name of up to 255 letters, digits, hyphens and underscores',
    source: ecs('CreateCluster'),
  },
  [`${ECS}Service.ServiceName`]: {
    pattern: /^[A-Za-z0-9_-]{1,255}$/,
    called: 'a name of up to 255 letters, digits, hyphens and underscores',
    source: ecs('CreateService'),
  },
  [`${ECS}Service.DesiredCount`]: { range: [0, 2_147_483_647], source: ecs('CreateService') },
  [`${ECS}Service.AwsVpcConfiguration.AssignPublicIp`]: {
    values: ['ENABLED', 'DISABLED'],
    source: ecs('AwsVpcConfiguration'),
  },
  [`${ECS}Service.LoadBalancer.ContainerPort`]: { ...port, source: ecs('LoadBalancer') },
  [`${ECS}Service.HealthCheckGracePeriodSeconds`]: {
    range: [0, 2_147_483_647],
    source: ecs('CreateService'),
  },
  [`${ECS}Service.DeploymentConfiguration.MinimumHealthyPercent`]: {
    range: [0, 100],
    source: ecs('DeploymentConfiguration'),
  },
  // 100 to 200 but for services of daemons, which take none above 100.
  [`${ECS}Service.DeploymentConfiguration.MaximumPercent`]: {
    range: [0, 200],
    source: ecs('DeploymentConfiguration'),
  },
  [`${ECS}Service.CapacityProviderStrategyItem.Weight`]: {
    range: [0, 1000],
    source: ecs('CapacityProviderStrategyItem'),
  },
  [`${ECS}TaskDefinition.Family`]: {
    pattern: /^[A-Za-z0-9_-]{1,255}$/,
    called: 'a name of up to 255 letters, digits, hyphens and underscores',
    source: ecs('RegisterTaskDefinition'),
  },
  [`${ECS}TaskDefinition.NetworkMode`]: {
    values: ['awsvpc', 'bridge', 'host', 'none'],
    source: ecs('RegisterTaskDefinition'),
  },
  [`${ECS}TaskDefinition.RequiresCompatibilities`]: {
    values: ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES'],
    source: ecs('RegisterTaskDefinition'),
  },
  [`${ECS}TaskDefinition.Cpu`]: { ...cpu, source: ecs('RegisterTaskDefinition') },
  [`${ECS}TaskDefinition.Memory`]: { ...memory, source: ecs('RegisterTaskDefinition') },
  [`${ECS}TaskDefinition.RuntimePlatform.CpuArchitecture`]: {
    values: ['X86_64', 'ARM64'],
    source: ecs('RuntimePlatform'),
  },
  [`${ECS}TaskDefinition.EphemeralStorage.SizeInGiB`]: { range: [20, 200], source: ecs('EphemeralStorage') },
  [`${ECS}TaskDefinition.ContainerDefinition.Name`]: {
    pattern: /^[A-Za-z0-9_-]{1,255}$/,
    called: 'a name of up to 255 letters, digits, hyphens and underscores',
    source: ecs('ContainerDefinition'),
  },
  [`${ECS}TaskDefinition.ContainerDefinition.Memory`]: {
    range: [4, 100_000_000],
    source: ecs('ContainerDefinition'),
  },
  [`${ECS}TaskDefinition.ContainerDefinition.StopTimeout`]: {
    range: [0, 2_147_483_647],
    source: ecs('ContainerDefinition'),
  },
  [`${ECS}TaskDefinition.PortMapping.ContainerPort`]: { ...port, source: ecs('PortMapping') },
  [`${ECS}TaskDefinition.PortMapping.HostPort`]: { ...port, source: ecs('PortMapping') },
  [`${ECS}TaskDefinition.PortMapping.Protocol`]: { values: ['tcp', 'udp'], source: ecs('PortMapping') },
  [`${ECS}TaskDefinition.PortMapping.AppProtocol`]: {
    values: ['http', 'http2', 'grpc'],
    source: ecs('PortMapping'),
  },
  [`${ECS}TaskDefinition.ContainerDependency.Condition`]: {
    values: ['START', 'COMPLETE', 'SUCCESS', 'HEALTHY'],
    source: ecs('ContainerDependency'),
  },
  [`${ECS}TaskDefinition.HealthCheck.Interval`]: { range: [5, 300], source: ecs('HealthCheck') },
  [`${ECS}TaskDefinition.HealthCheck.Timeout`]: { range: [2, 120], source: ecs('HealthCheck') },
  [`${ECS}TaskDefinition.HealthCheck.Retries`]: { range: [1, 10], source: ecs('HealthCheck') },
  [`${ECS}TaskDefinition.HealthCheck.StartPeriod`]: { range: [0, 300], source: ecs('HealthCheck') },
  [`${ECS}TaskDefinition.LogConfiguration.LogDriver`]: {
    values: ['json-file', 'syslog', 'journald', 'gelf', 'fluentd', 'awslogs', 'splunk', 'awsfirelens'],
    source: ecs('LogConfiguration'),
  },
  [`${ECS}TaskDefinition.EFSVolumeConfiguration.TransitEncryption`]: {
    values: ['ENABLED', 'DISABLED'],
    source: ecs('EFSVolumeConfiguration'),
  },

  [`${V2}LoadBalancer.Name`]: { ...balancerName, source: elb('CreateLoadBalancer') },
  [`${V2}LoadBalancer.Scheme`]: {
    values: ['internet-facing', 'internal'],
    source: elb('CreateLoadBalancer'),
  },
  [`${V2}LoadBalancer.Type`]: {
    values: ['application', 'network', 'gateway'],
    source: elb('CreateLoadBalancer'),
  },
  [`${V2}TargetGroup.Name`]: { ...balancerName, source: elb('CreateTargetGroup') },
  [`${V2}TargetGroup.Port`]: { ...listening, source: elb('CreateTargetGroup') },
  [`${V2}TargetGroup.Protocol`]: {
    values: ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'GENEVE', 'QUIC', 'TCP_QUIC'],
    source: elb('CreateTargetGroup'),
  },
  [`${V2}TargetGroup.TargetType`]: {
    values: ['instance', 'ip', 'lambda', 'alb'],
    source: elb('CreateTargetGroup'),
  },
  [`${V2}TargetGroup.HealthCheckIntervalSeconds`]: { range: [5, 300], source: elb('CreateTargetGroup') },
  [`${V2}TargetGroup.HealthCheckTimeoutSeconds`]: { range: [2, 120], source: elb('CreateTargetGroup') },
  [`${V2}TargetGroup.HealthyThresholdCount`]: { range: [2, 10], source: elb('CreateTargetGroup') },
  [`${V2}TargetGroup.UnhealthyThresholdCount`]: { range: [2, 10], source: elb('CreateTargetGroup') },
  [`${V2}TargetGroup.HealthCheckPath`]: { length: [1, 1024], source: elb('CreateTargetGroup') },
  [`${V2}Listener.Port`]: { ...listening, source: elb('CreateListener') },
  [`${V2}Listener.Protocol`]: {
    values: ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'GENEVE', 'QUIC', 'TCP_QUIC'],
    source: elb('CreateListener'),
  },
  [`${V2}Listener.Action.Type`]: actionTypes(),
  [`${V2}ListenerRule.Action.Type`]: actionTypes(),
  [`${V2}ListenerRule.Priority`]: { range: [1, 50_000], source: elb('CreateRule') },
  [`${V2}ListenerRule.RuleCondition.Field`]: {
    values: [
      'host-header',
      'path-pattern',
      'http-header',
      'http-request-method',
      'query-string',
      'source-ip',
    ],
    source: elb('RuleCondition'),
  },

  'AWS::RDS::DBInstance.Port': {
    range: [1150, 65_535],
    source: `${API}/AmazonRDS/latest/APIReference/API_CreateDBInstance.html`,
  },
  'AWS::RDS::DBInstance.BackupRetentionPeriod': {
    range: [0, 35],
    source: `${API}/AmazonRDS/latest/APIReference/API_CreateDBInstance.html`,
  },
  'AWS::RDS::DBInstance.DBInstanceIdentifier': {
    pattern: /^(?!.*--)[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
    called: 'a name of up to 63 letters, digits and single hyphens that begins with a letter',
    source: `${API}/AmazonRDS/latest/APIReference/API_CreateDBInstance.html`,
  },
  'AWS::RDS::DBSubnetGroup.SubnetIds': {
    items: [1, 20],
    source: `${API}/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html`,
  },
  'AWS::ECR::Repository.RepositoryName': {
    pattern:
      /^(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+|__[a-z0-9]+|-+[a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+|__[a-z0-9]+|-+[a-z0-9]+)*)*$/,
    called: 'a name of 2 to 256 lower-case letters, digits and . _ - /',
    source: `${API}/AmazonECR/latest/APIReference/API_CreateRepository.html`,
  },
  'AWS::Logs::LogGroup.LogGroupName': {
    pattern: /^(?!aws\/)[A-Za-z0-9_/.#-]{1,512}$/,
    called: 'a name of up to 512 letters, digits and _ - / . #',
    source: `${API}/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html`,
  },
  'AWS::S3::Bucket.BucketName': {
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    called: 'a name of 3 to 63 lower-case letters, digits, dots and hyphens',
    source: `${API}/AmazonS3/latest/userguide/bucketnamingrules.html`,
  },
  'AWS::IAM::Role.RoleName': {
    pattern: /^[\w+=,.@-]{1,64}$/,
    called: 'a name of up to 64 letters, digits and _+=,.@-',
    source: `${API}/IAM/latest/APIReference/API_CreateRole.html`,
  },
  'AWS::SecretsManager::Secret.Name': {
    pattern: /^[A-Za-z0-9/_+=.@-]{1,512}$/,
    called: 'a name of up to 512 letters, digits and /_+=.@-',
    source: `${API}/secretsmanager/latest/apireference/API_CreateSecret.html`,
  },
  'AWS::SecretsManager::Secret.GenerateSecretString.PasswordLength': {
    range: [1, 4096],
    source: `${API}/secretsmanager/latest/apireference/API_GetRandomPassword.html`,
  },
  // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html: a template cannot make a SecureString
  'AWS::SSM::Parameter.Type': {
    values: ['String', 'StringList'],
    source: `${API}/AWSCloudFormation/latest/UserGuide/aws-resource-ssm-parameter.html`,
  },
  'AWS::ServiceDiscovery::Service.DnsRecord.Type': {
    values: ['A', 'AAAA', 'SRV', 'CNAME'],
    source: `${API}/cloud-map/latest/api/API_DnsRecord.html`,
  },
  'AWS::ServiceDiscovery::Service.DnsConfig.RoutingPolicy': {
    values: ['MULTIVALUE', 'WEIGHTED'],
    source: `${API}/cloud-map/latest/api/API_DnsConfig.html`,
  },
  'AWS::ApplicationAutoScaling::ScalableTarget.MinCapacity': {
    range: [0, 2_147_483_647],
    source: `${API}/autoscaling/application/APIReference/API_RegisterScalableTarget.html`,
  },
  'AWS::Lambda::Function.Timeout': {
    range: [1, 900],
    source: `${API}/lambda/latest/api/API_CreateFunction.html`,
  },
  'AWS::Lambda::Function.MemorySize': {
    range: [128, 32_768],
    source: `${API}/lambda/latest/api/API_CreateFunction.html`,
  },
  'AWS::SQS::Queue.VisibilityTimeout': {
    range: [0, 43_200],
    source: `${API}/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html`,
  },
};

function groupRule(type: string): Record<string, Limit> {
  const source = ec2('IpPermission');
  return {
    [`${type}.CidrIp`]: { ...block, source },
    [`${type}.CidrIpv6`]: { ...block6, source },
    // -1: all ICMP types.
    [`${type}.FromPort`]: { range: [-1, 65_535], source },
    [`${type}.ToPort`]: { range: [-1, 65_535], source },
    [`${type}.IpProtocol`]: {
      pattern: /^(tcp|udp|icmp|icmpv6|-1|all|\d{1,3})$/i,
      called: 'tcp, udp, icmp, icmpv6, a number of a protocol, or -1 for all',
      source,
    },
  };
}

function actionTypes(): Limit {
  return {
    values: [
      'forward',
      'redirect',
      'fixed-response',
      'authenticate-oidc',
      'authenticate-cognito',
      'jwt-validation',
    ],
    source: elb('Action'),
  };
}
