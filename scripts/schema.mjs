// Writes src/template/schema/resource-types.json: what Fairway needs to know of each resource type it enacts, taken from
// @aws-cdk/aws-service-spec (2.6 MB, almost a second to load: too much for run time). `--check` fails when the file is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const target = new URL('../src/template/schema/resource-types.json', import.meta.url);

const names = {
  EC2: 'VPC Subnet InternetGateway VPCGatewayAttachment RouteTable Route SubnetRouteTableAssociation NatGateway EIP SecurityGroup SecurityGroupIngress SecurityGroupEgress NetworkAcl NetworkAclEntry SubnetNetworkAclAssociation VPCEndpoint DHCPOptions VPCDHCPOptionsAssociation',
  ECR: 'Repository',
  ECS: 'Cluster TaskDefinition Service',
  EFS: 'FileSystem MountTarget AccessPoint',
  ElasticLoadBalancingV2: 'LoadBalancer TargetGroup Listener ListenerRule',
  ServiceDiscovery: 'PrivateDnsNamespace Service Instance',
  IAM: 'Role Policy ManagedPolicy',
  Logs: 'LogGroup',
  SecretsManager: 'Secret',
  S3: 'Bucket',
  CloudFormation: 'WaitConditionHandle',
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
  const definitions = new Map();

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
        const name = `${owner}.${definition.name}`;
        if (!definitions.has(name)) {
          definitions.set(name, undefined);
          definitions.set(name, properties(owner, definition.properties));
        }
        return `#${definition.name}`;
      }
      case 'date-time':
        return 'string';
      default:
        return type.type;
    }
  }
  function properties(owner, members, top) {
    return Object.fromEntries(
      sorted(members).map(([name, { type, required, causesReplacement }]) => {
        const key = `${owner}.${name}`;
        const replacement =
          top && key in replacementOverrides ? replacementOverrides[key] : causesReplacement;
        const words = [
          encode(owner, type),
          required ? 'required' : '',
          top && replacement === 'yes' ? 'replaces' : '',
          top && replacement === 'maybe' ? 'may-replace' : '',
        ];
        return [name, words.filter(Boolean).join(' ')];
      }),
    );
  }

  const types = {};
  for (const [service, list] of Object.entries(names))
    for (const short of list.split(' ')) {
      const name = `AWS::${service}::${short}`;
      const spec = db.lookup('resource', 'cloudFormationType', 'equals', name).only();
      types[name] = {
        properties: properties(name, spec.properties, true),
        attributes: Object.fromEntries(
          sorted(spec.attributes).map(([attribute, { type }]) => [
            attribute,
            type.type === 'ref' ? 'json' : encode(name, type),
          ]),
        ),
        identifier: spec.cfnRefIdentifier ?? spec.primaryIdentifier ?? [],
        ...(spec.tagInformation ? { tags: spec.tagInformation.tagPropertyName } : {}),
      };
    }
  return `{"types":{\n${lines(types)}\n},"definitions":{\n${lines(Object.fromEntries(sorted(Object.fromEntries(definitions))))}\n}}\n`;
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
