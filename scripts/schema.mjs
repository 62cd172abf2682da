// Writes src/template/schema/resource-types.json: what Fairway needs to know of each resource type it enacts or checks, taken from
// @aws-cdk/aws-service-spec (2.6 MB, almost a second to load: too much for run time). `--check` fails when the file is not current.
// Each type is one text, which is read when the type is asked for: properties; attributes; identifier; property of tags; and a line
// for each nested type. `@n` after a type are the values it takes, by their place in `values`.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const target = new URL('../src/template/schema/resource-types.json', import.meta.url);

const names = {
  EC2: 'VPC Subnet InternetGateway VPCGatewayAttachment RouteTable Route SubnetRouteTableAssociation NatGateway EIP SecurityGroup SecurityGroupIngress SecurityGroupEgress NetworkAcl NetworkAclEntry SubnetNetworkAclAssociation VPCEndpoint DHCPOptions VPCDHCPOptionsAssociation VPCCidrBlock VPCPeeringConnection PrefixList Instance LaunchTemplate Volume VolumeAttachment KeyPair EIPAssociation NetworkInterface FlowLog InstanceConnectEndpoint EgressOnlyInternetGateway TransitGateway TransitGatewayAttachment SecurityGroupVpcAssociation VPNGateway',
  ECR: 'Repository PublicRepository PullThroughCacheRule RepositoryCreationTemplate',
  ECS: 'Cluster TaskDefinition Service CapacityProvider ClusterCapacityProviderAssociations TaskSet PrimaryTaskSet',
  EFS: 'FileSystem MountTarget AccessPoint',
  ElasticLoadBalancingV2: 'LoadBalancer TargetGroup Listener ListenerRule ListenerCertificate TrustStore',
  ElasticLoadBalancing: 'LoadBalancer',
  ServiceDiscovery: 'PrivateDnsNamespace PublicDnsNamespace HttpNamespace Service Instance',
  IAM: 'Role Policy ManagedPolicy InstanceProfile ServiceLinkedRole User Group AccessKey RolePolicy UserPolicy OIDCProvider',
  Logs: 'LogGroup LogStream MetricFilter SubscriptionFilter ResourcePolicy',
  SecretsManager: 'Secret SecretTargetAttachment ResourcePolicy RotationSchedule',
  SSM: 'Parameter Association Document',
  S3: 'Bucket BucketPolicy',
  RDS: 'DBInstance DBCluster DBSubnetGroup DBParameterGroup DBClusterParameterGroup DBProxy DBProxyTargetGroup OptionGroup EventSubscription',
  DocDB: 'DBCluster DBInstance DBSubnetGroup DBClusterParameterGroup',
  Neptune: 'DBCluster DBInstance DBSubnetGroup',
  ElastiCache: 'CacheCluster ReplicationGroup SubnetGroup ParameterGroup ServerlessCache User UserGroup',
  MemoryDB: 'Cluster SubnetGroup',
  ApplicationAutoScaling: 'ScalableTarget ScalingPolicy',
  AutoScaling: 'AutoScalingGroup LaunchConfiguration ScalingPolicy LifecycleHook ScheduledAction WarmPool',
  CloudWatch: 'Alarm Dashboard CompositeAlarm',
  Events: 'Rule EventBus Connection',
  Scheduler: 'Schedule ScheduleGroup',
  Lambda: 'Function Permission Version Alias EventSourceMapping LayerVersion Url',
  Route53: 'HostedZone RecordSet RecordSetGroup HealthCheck',
  CertificateManager: 'Certificate',
  KMS: 'Key Alias',
  SNS: 'Topic Subscription TopicPolicy',
  SQS: 'Queue QueuePolicy',
  DynamoDB: 'Table GlobalTable',
  Kinesis: 'Stream',
  KinesisFirehose: 'DeliveryStream',
  CloudFormation: 'Stack WaitCondition WaitConditionHandle CustomResource Macro',
  CloudFront: 'Distribution OriginAccessControl CloudFrontOriginAccessIdentity',
  WAFv2: 'WebACL WebACLAssociation',
  ApiGatewayV2: 'Api Integration Route Stage VpcLink',
  CodeBuild: 'Project',
  CodePipeline: 'Pipeline',
  CodeDeploy: 'Application DeploymentGroup',
  Cognito: 'UserPool UserPoolClient UserPoolDomain',
  StepFunctions: 'StateMachine',
  AmazonMQ: 'Broker',
  MSK: 'Cluster',
  OpenSearchService: 'Domain',
  Batch: 'ComputeEnvironment JobDefinition JobQueue',
  Cloud9: 'EnvironmentEC2',
  Backup: 'BackupPlan BackupVault BackupSelection',
  DLM: 'LifecyclePolicy',
  AppMesh: 'Mesh VirtualNode VirtualService VirtualRouter Route',
  Cassandra: 'Keyspace Table',
};

// Where the specification and the type's page disagree, the page holds.
const replacementOverrides = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
  'AWS::ECS::Service.DeploymentController': undefined,
  'AWS::ECS::Service.LaunchType': 'maybe',
};

/** The types of `names` as one line each; exported for the test that the file is current. */
export function extract() {
  const { loadAwsServiceSpecSync } = createRequire(import.meta.url)('@aws-cdk/aws-service-spec');
  const db = loadAwsServiceSpecSync();
  const values = new Map();
  let definitions = new Map();

  function place(allowed) {
    const key = JSON.stringify(allowed);
    if (!values.has(key)) values.set(key, values.size);
    return values.get(key);
  }
  function encode(owner, type) {
    switch (type.type) {
      case 'array':
        return `[${encode(owner, type.element)}]`;
      case 'map':
        return `{${encode(owner, type.element)}}`;
      case 'union': {
        const members = [...new Set(type.types.map((member) => encode(owner, member)))];
        return members.includes('json') ? 'json' : members.join('|');
      }
      case 'ref': {
        const definition = db.get('typeDefinition', type.reference.$ref);
        const { name } = definition;
        if (!definitions.has(name)) {
          definitions.set(name, undefined);
          definitions.set(name, properties(owner, definition.properties));
        }
        return `#${definition.name}`;
      }
      case 'date-time':
        return 'string';
      default:
        return `${type.type}${type.allowedValues ? `@${place(type.allowedValues)}` : ''}`;
    }
  }
  function properties(owner, members, top) {
    return sorted(members)
      .map(([name, { type, required, causesReplacement }]) => {
        const key = `${owner}.${name}`;
        const replacement =
          top && key in replacementOverrides ? replacementOverrides[key] : causesReplacement;
        const words = [
          encode(owner, type),
          required ? 'required' : '',
          top && replacement === 'yes' ? 'replaces' : '',
          top && replacement === 'maybe' ? 'may-replace' : '',
        ];
        return [name, ...words.filter(Boolean)].join(' ');
      })
      .join(';');
  }

  const types = {};
  for (const [service, list] of Object.entries(names))
    for (const short of list.split(' ')) {
      const name = `AWS::${service}::${short}`;
      const spec = db.lookup('resource', 'cloudFormationType', 'equals', name).only();
      definitions = new Map();
      const own = properties(name, spec.properties, true);
      const attributes = sorted(spec.attributes).map(
        ([attribute, { type }]) => `${attribute} ${type.type === 'ref' ? 'json' : encode(name, type)}`,
      );
      const identifier = spec.cfnRefIdentifier ?? spec.primaryIdentifier ?? [];
      const nested = sorted(Object.fromEntries(definitions)).map(
        ([nestedName, text]) => `${nestedName};${text}`,
      );
      const lines = [
        own,
        attributes.join(';'),
        identifier.join(' '),
        spec.tagInformation?.tagPropertyName ?? '',
        ...nested,
      ];
      types[name] = lines.join('\n');
    }
  const allowed = Object.fromEntries([...values].map(([key, index]) => [index, JSON.parse(key)]));
  return `{"types":{\n${lines(types)}\n},"values":[\n${Object.values(allowed)
    .map((list) => JSON.stringify(list))
    .join(',\n')}\n]}\n`;
}

const sorted = (record) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
const lines = (record) =>
  Object.entries(record)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join(',\n');

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const text = extract();
  if (process.argv.includes('--check')) {
    if (readFileSync(target, 'utf8') !== text) {
      console.error('src/template/schema/resource-types.json is not current: run node scripts/schema.mjs');
      process.exit(1);
    }
  } else {
    writeFileSync(target, text);
    console.log(`${text.length} bytes`);
  }
}
