import { type Capacity, type Declared, isUnknown, known, type Value } from '../system.ts';
import { ofType } from './declared.ts';
import { initOf, mentions, scriptOf } from './script.ts';
import { type Reader, readerOf } from './values.ts';

type Resources = ReadonlyMap<string, Declared>;

/** The cluster a value names: the logical id where it is declared here, else its name. */
export function clusterOf(resources: Resources, value: Value<string> | undefined): Value<string> {
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
  if (value === undefined) return named(resources, 'default');
  return isUnknown(value) || resources.has(value)
    ? value
    : named(resources, value.split('/').at(-1) ?? value);
}
function named(resources: Resources, name: string): string {
  const cluster = ofType(resources, 'AWS::ECS::Cluster').find(
    (declared) => known(readerOf(declared).text('ClusterName')) === name,
  );
  return cluster?.id ?? name;
}

/** What registers with clusters: groups and instances whose user data says so, or that a capacity provider names. */
export function capacityOf(resources: Resources): Capacity[] {
  const groups = ofType(resources, 'AWS::AutoScaling::AutoScalingGroup').flatMap((declared) => {
    const read = readerOf(declared);
    const launch = launchOf(resources, read);
    const overrides = (
      read.part('MixedInstancesPolicy')?.part('LaunchTemplate')?.items('Overrides') ?? []
    ).filter((item) => item.raw('InstanceType') !== undefined);
    const unsized = { unknown: 'its size is not known' };
    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
    const desired = read.number('DesiredCapacity') ?? read.number('MinSize') ?? unsized;
    return withCluster(resources, declared, launch, {
      ...(overrides.length > 0
        ? { instanceTypes: typesOf(overrides), typeOrigin: overrides[0]!.origin }
        : launchTypeOf(launch, declared)),
      desired,
      maximum: scales(resources, declared.id) ? (read.number('MaxSize') ?? unsized) : desired,
      subnetIds: read.ids('VPCZoneIdentifier') ?? { unknown: 'it names no subnets' },
    });
  });
  const instances = ofType(resources, 'AWS::EC2::Instance').flatMap((declared) => {
    const read = readerOf(declared);
    const subnet = read.id('SubnetId') ?? read.items('NetworkInterfaces')[0]?.id('SubnetId');
    const launch = read.raw('LaunchTemplate') === undefined ? read : (launchOf(resources, read) ?? read);
    return withCluster(resources, declared, launch, {
      ...(read.raw('InstanceType') === undefined
        ? launchTypeOf(launch, declared)
        : launchTypeOf(read, declared)),
      desired: 1,
      maximum: 1,
      subnetIds:
        subnet === undefined ? { unknown: 'it names no subnet' } : isUnknown(subnet) ? subnet : [subnet],
    });
  });
  return [...groups, ...instances];
}

/** User data, and what cfn-init does where user data calls it. */
function withInit(
  script: string | undefined,
  holders: readonly (Declared | undefined)[],
): string | undefined {
  if (script === undefined || !script.includes('cfn-init')) return script;
  return [script, ...new Set(holders.map((holder) => initOf(holder?.metadata)))].join('\n');
}

/** Whether anything changes the size of a group: a capacity provider, a policy, a schedule. */
function scales(resources: Resources, groupId: string): boolean {
  return ofType(
    resources,
    'AWS::ECS::CapacityProvider',
    'AWS::AutoScaling::ScalingPolicy',
    'AWS::AutoScaling::ScheduledAction',
  ).some(({ properties }) => mentions(properties, groupId));
}

function withCluster(
  resources: Resources,
  declared: Declared,
  launch: Reader | undefined,
  rest: Omit<Capacity, 'id' | 'clusterId' | 'groupIds' | 'reservedMemory' | 'script' | 'origin'>,
): Capacity[] {
  const data = readerOf(declared).raw('UserData') ?? launch?.raw('UserData');
  const script = withInit(scriptOf(data), [declared, resources.get(String(launch?.origin.path[1]))]);
  const clusterId = byScript(resources, script) ?? byProvider(resources, declared.id);
  if (clusterId === undefined) return [];
  return [
    {
      id: declared.id,
      clusterId,
      ...rest,
      groupIds: groupsOf(launch),
      reservedMemory: Number(/ECS_RESERVED_MEMORY=["']?(\d+)/.exec(script ?? '')?.[1] ?? 0),
      script,
      origin: declared.origin,
    },
  ];
}

/**
 * How the agent finds its cluster, on Amazon Linux, Windows and Bottlerocket:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
 */
const CLUSTER = [
  /ECS_CLUSTER=["']?([^\s"';]+)/,
  /-Cluster\s+["']?([^\s"';]+)/i,
  /\[settings\.ecs\][^[]*?\bcluster\s*=\s*["']([^"']+)/,
];

function byScript(resources: Resources, script: string | undefined): Value<string> | undefined {
  const name = CLUSTER.map((pattern) => pattern.exec(script ?? '')?.[1]).find((found) => found !== undefined);
  if (name === undefined) return undefined;
  const [, reference] = /^\$\{([^.}]+)(?:\.[^}]+)?\}$/.exec(name) ?? [];
  if (reference !== undefined && resources.has(reference)) return reference;
  if (name.includes('${'))
    return { unknown: `the cluster ${name} that user data names is given at deployment` };
  return clusterOf(resources, name);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ecs-capacityprovider.html */
function byProvider(resources: Resources, groupId: string): Value<string> | undefined {
  const provider = ofType(resources, 'AWS::ECS::CapacityProvider').find((declared) => {
    const group = readerOf(declared).part('AutoScalingGroupProvider')?.id('AutoScalingGroupArn');
    return known(group) === groupId;
  });
  if (!provider) return undefined;
  const holder = ofType(resources, 'AWS::ECS::Cluster', 'AWS::ECS::ClusterCapacityProviderAssociations').find(
    (declared) => known(readerOf(declared).ids('CapacityProviders'))?.includes(provider.id),
  );
  if (!holder) return { unknown: `no cluster is known to use the capacity provider ${provider.id}` };
  return holder.type === 'AWS::ECS::Cluster'
    ? holder.id
    : clusterOf(resources, readerOf(holder).id('Cluster'));
}

/** The data of a launch template, or a launch configuration. */
function launchOf(resources: Resources, read: Reader): Reader | undefined {
  const template =
    read.part('LaunchTemplate') ??
    read.part('MixedInstancesPolicy')?.part('LaunchTemplate')?.part('LaunchTemplateSpecification');
  const id = known(template?.id('LaunchTemplateId') ?? read.id('LaunchConfigurationName'));
  const name = known(template?.text('LaunchTemplateName'));
  const declared =
    resources.get(id ?? '') ??
    ofType(resources, 'AWS::EC2::LaunchTemplate').find(
      (one) => name !== undefined && known(readerOf(one).text('LaunchTemplateName')) === name,
    );
  if (!declared) return undefined;
  const launch = readerOf(declared);
  return declared.type === 'AWS::EC2::LaunchTemplate' ? launch.part('LaunchTemplateData') : launch;
}

function launchTypeOf(
  launch: Reader | undefined,
  declared: Declared,
): Pick<Capacity, 'instanceTypes' | 'typeOrigin'> {
  const type = launch?.text('InstanceType');
  return {
    instanceTypes:
      type === undefined
        ? { unknown: 'the type of its instances is not known' }
        : isUnknown(type)
          ? type
          : [type],
    typeOrigin:
      launch && type !== undefined
        ? { ...launch.origin, path: [...launch.origin.path, 'InstanceType'] }
        : declared.origin,
  };
}
function typesOf(overrides: readonly Reader[]): Value<readonly string[]> {
  const types = overrides.flatMap((item) => item.text('InstanceType') ?? []);
  return types.find(isUnknown) ?? types.filter((type) => typeof type === 'string');
}

function groupsOf(launch: Reader | undefined): Value<readonly string[]> {
  return (
    launch?.ids('SecurityGroupIds') ??
    launch?.ids('SecurityGroups') ??
    launch?.items('NetworkInterfaces')[0]?.ids('Groups') ??
    launch?.items('NetworkInterfaces')[0]?.ids('GroupSet') ?? {
      unknown: 'the security groups of its instances are not known',
    }
  );
}
