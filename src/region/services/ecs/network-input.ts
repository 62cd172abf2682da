import type { NetworkConfiguration } from '@aws-sdk/client-ecs';
import { invalidParameter } from './errors.ts';
import type { Ecs, Revision } from './state.ts';

/** Subnets and groups of awsvpc tasks, which must exist and be of one VPC. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html */
export function checkNetwork(
  { region }: Ecs,
  configuration: NetworkConfiguration | undefined,
): Pick<Revision, 'subnetIds' | 'groupIds' | 'assignPublicIp'> {
  const vpc = configuration?.awsvpcConfiguration;
  if (!vpc)
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  const subnetIds = vpc.subnets ?? [];
  const named = vpc.securityGroups ?? [];
  if (subnetIds.length === 0) throw invalidParameter('subnets can not be empty.');
  if (subnetIds.length > 16) throw invalidParameter('subnets can have at most 16 items.');
  if (named.length > 5) throw invalidParameter('securityGroups can have at most 5 items.');
  const topology = region.internal.ec2.topology();
  const missing = subnetIds.find((id) => !topology.subnets.some((subnet) => subnet.id === id));
  if (missing)
    throw invalidParameter(
      `Error retrieving subnet information for [${missing}]: The subnet ID '${missing}' does not exist (ErrorCode: InvalidSubnetID.NotFound).`,
    );
  const vpcIds = new Set(
    topology.subnets.filter(({ id }) => subnetIds.includes(id)).map(({ vpcId }) => vpcId),
  );
  if (vpcIds.size > 1) throw invalidParameter('The subnets must all be in the same VPC.');
  for (const id of named) {
    const group = topology.securityGroups.find((one) => one.id === id);
    if (!group)
      throw invalidParameter(
        `Error retrieving security group information for [${id}]: The security group '${id}' does not exist (ErrorCode: InvalidGroup.NotFound).`,
      );
    if (!vpcIds.has(group.vpcId))
      throw invalidParameter(
        `The security group ${id} does not appear to belong to the same VPC as the input subnets.`,
      );
  }
  const [vpcId = ''] = vpcIds;
  const fallback = topology.securityGroups.find((group) => group.vpcId === vpcId && group.name === 'default');
  return {
    subnetIds,
    groupIds: named.length > 0 ? named : fallback ? [fallback.id] : [],
    assignPublicIp: vpc.assignPublicIp === 'ENABLED',
  };
}
