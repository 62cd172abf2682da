// The region as its AWS clients see it: stacks made, looked at and removed.
import { setTimeout as pause } from 'node:timers/promises';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECS } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { ServiceDiscovery } from '@aws-sdk/client-servicediscovery';
import { SSM } from '@aws-sdk/client-ssm';

/** Of the region's time: longer than a service takes to be steady, or to be given up by its circuit breaker. */
const MOST_MINUTES = 45;
const BUCKET = 'public-templates';

/** What the service said, without what the handler wraps it in. */
const plain = (reason) => /returned message: "(.+)" \(RequestToken/s.exec(reason)?.[1] ?? reason;

export function createAccount(settings) {
  const client = {
    endpoint: settings.AWS_ENDPOINT_URL,
    region: settings.AWS_REGION,
    credentials: {
      accessKeyId: settings.AWS_ACCESS_KEY_ID,
      secretAccessKey: settings.AWS_SECRET_ACCESS_KEY,
    },
  };
  const s3 = new S3({ ...client, forcePathStyle: true });
  const cfn = new cloudformation.CloudFormation(client);
  const [ec2, ecs, elbv2, iam, logs, events, ssm, names] = [
    EC2,
    ECS,
    ElasticLoadBalancingV2,
    IAM,
    CloudWatchLogs,
    EventBridge,
    SSM,
    ServiceDiscovery,
  ].map((Client) => new Client(client));

  async function create(StackName, TemplateBody, parameters) {
    try {
      await cfn.createStack({
        StackName,
        ...(await source(StackName, TemplateBody)),
        Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
        Capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
        TimeoutInMinutes: MOST_MINUTES,
      });
    } catch (error) {
      return { outcome: 'refused', cause: error.message };
    }
    const stack = await ended(StackName);
    if (stack?.StackStatus === 'CREATE_COMPLETE')
      return {
        outcome: 'completes',
        outputs: Object.fromEntries(
          (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
        ),
      };
    return { outcome: 'fails', cause: await firstCause(StackName) };
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html: what is larger comes from a bucket */
  async function source(name, body) {
    if (Buffer.byteLength(body) <= 51_200) return { TemplateBody: body };
    await s3.createBucket({ Bucket: BUCKET }).catch(() => undefined);
    await s3.putObject({ Bucket: BUCKET, Key: name, Body: body });
    return { TemplateURL: `https://${BUCKET}.s3.amazonaws.com/${name}` };
  }

  async function ended(StackName) {
    for (;;) {
      const { Stacks } = await cfn.describeStacks({ StackName }).catch(() => ({ Stacks: [] }));
      if (!Stacks[0]?.StackStatus?.endsWith('_IN_PROGRESS')) return Stacks[0];
      await pause(200);
    }
  }

  async function firstCause(StackName) {
    const { StackEvents } = await cfn.describeStackEvents({ StackName });
    const first = StackEvents.filter(
      ({ ResourceStatus, ResourceStatusReason: reason = '' }) =>
        ResourceStatus.endsWith('_FAILED') && !/cancelled/i.test(reason),
    ).at(-1);
    return first
      ? `${first.LogicalResourceId} (${first.ResourceType}): ${plain(first.ResourceStatusReason)}`
      : StackEvents.find(
          ({ ResourceStatus, ResourceStatusReason }) =>
            ResourceStatus === 'ROLLBACK_IN_PROGRESS' && ResourceStatusReason,
        )?.ResourceStatusReason;
  }

  /** Tasks and targets of a stack that is complete. */
  async function observe(StackName) {
    const { StackResources } = await cfn.describeStackResources({ StackName });
    const of = (type) =>
      StackResources.filter(({ ResourceType }) => ResourceType === type).map(
        ({ PhysicalResourceId }) => PhysicalResourceId,
      );
    const services = [];
    for (const arn of of('AWS::ECS::Service')) {
      const [, cluster] = /service\/([^/]+)\//.exec(arn) ?? [];
      const found = await ecs.describeServices({ cluster, services: [arn] });
      for (const { runningCount, desiredCount } of found.services)
        services.push({ running: runningCount, desired: desiredCount });
    }
    const targets = [];
    for (const TargetGroupArn of of('AWS::ElasticLoadBalancingV2::TargetGroup')) {
      const { TargetHealthDescriptions } = await elbv2.describeTargetHealth({ TargetGroupArn });
      targets.push({
        of: TargetHealthDescriptions.length,
        healthy: TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth.State === 'healthy')
          .length,
      });
    }
    return { services, targets, resources: StackResources.length };
  }

  /** Removes stacks in this order; gives what went wrong. */
  async function remove(stacks) {
    for (const StackName of stacks) {
      await cfn.deleteStack({ StackName });
      const left = await ended(StackName);
      if (left && left.StackStatus !== 'DELETE_COMPLETE')
        return `${StackName} ${left.StackStatus}: ${await firstCause(StackName)}`;
    }
    return undefined;
  }

  /** What there is of each kind, by its id. */
  async function inventory() {
    const seen = {
      vpc: (await ec2.describeVpcs({})).Vpcs.map(({ VpcId }) => VpcId),
      subnet: (await ec2.describeSubnets({})).Subnets.map(({ SubnetId }) => SubnetId),
      interface: (await ec2.describeNetworkInterfaces({})).NetworkInterfaces.map(
        ({ NetworkInterfaceId }) => NetworkInterfaceId,
      ),
      group: (await ec2.describeSecurityGroups({})).SecurityGroups.map(({ GroupId }) => GroupId),
      address: (await ec2.describeAddresses({})).Addresses.map(({ AllocationId }) => AllocationId),
      balancer: (await elbv2.describeLoadBalancers({})).LoadBalancers.map(
        ({ LoadBalancerArn }) => LoadBalancerArn,
      ),
      targets: (await elbv2.describeTargetGroups({})).TargetGroups.map(
        ({ TargetGroupArn }) => TargetGroupArn,
      ),
      cluster: (await ecs.listClusters({})).clusterArns,
      'task definition': (await ecs.listTaskDefinitions({ status: 'ACTIVE' })).taskDefinitionArns,
      role: (await iam.listRoles({})).Roles.map(({ RoleName }) => RoleName).filter(
        (name) => !name.startsWith('AWSServiceRole'),
      ),
      log: (await logs.describeLogGroups({})).logGroups.map(({ logGroupName }) => logGroupName),
      rule: (await events.listRules({})).Rules.map(({ Name }) => Name),
      parameter: (await ssm.describeParameters({})).Parameters.map(({ Name }) => Name),
      namespace: (await names.listNamespaces({})).Namespaces.map(({ Id }) => Id),
    };
    return new Map(Object.entries(seen).flatMap(([kind, ids]) => ids.map((id) => [`${kind} ${id}`, kind])));
  }

  const difference = (before, after) =>
    [...after.keys()].filter((key) => !before.has(key)).join(', ') || undefined;

  return { create, observe, remove, inventory, difference };
}
