import { scalableTarget } from './applicationautoscaling-scalable-target.ts';
import { scalingPolicy } from './applicationautoscaling-scaling-policy.ts';
import { nestedStack } from './cloudformation-stack.ts';
import { waitConditionHandle } from './cloudformation-wait-condition-handle.ts';
import { waitCondition } from './cloudformation-wait-condition.ts';
import { alarm } from './cloudwatch-alarm.ts';
import { dhcpOptions } from './ec2-dhcp-options.ts';
import { elasticIp } from './ec2-eip.ts';
import { internetGateway } from './ec2-internet-gateway.ts';
import { natGateway } from './ec2-nat-gateway.ts';
import { networkAclEntry } from './ec2-network-acl-entry.ts';
import { networkAcl } from './ec2-network-acl.ts';
import { routeTable } from './ec2-route-table.ts';
import { route } from './ec2-route.ts';
import { securityGroupEgress, securityGroupIngress } from './ec2-security-group-rule.ts';
import { securityGroup } from './ec2-security-group.ts';
import { subnetNetworkAclAssociation } from './ec2-subnet-network-acl-association.ts';
import { subnetRouteTableAssociation } from './ec2-subnet-route-table-association.ts';
import { subnet } from './ec2-subnet.ts';
import { vpcDhcpOptionsAssociation } from './ec2-vpc-dhcp-options-association.ts';
import { vpcEndpoint } from './ec2-vpc-endpoint.ts';
import { vpcGatewayAttachment } from './ec2-vpc-gateway-attachment.ts';
import { vpc } from './ec2-vpc.ts';
import { repository } from './ecr-repository.ts';
import { clusterCapacityProviderAssociations } from './ecs-cluster-capacity-provider-associations.ts';
import { cluster } from './ecs-cluster.ts';
import { service } from './ecs-service.ts';
import { taskDefinition } from './ecs-task-definition.ts';
import { accessPoint } from './efs-access-point.ts';
import { fileSystem } from './efs-file-system.ts';
import { mountTarget } from './efs-mount-target.ts';
import { listenerRule } from './elbv2-listener-rule.ts';
import { listener } from './elbv2-listener.ts';
import { loadBalancer } from './elbv2-load-balancer.ts';
import { targetGroup } from './elbv2-target-group.ts';
import { eventsRule } from './events-rule.ts';
import { managedPolicy } from './iam-managed-policy.ts';
import { policy } from './iam-policy.ts';
import { role } from './iam-role.ts';
import { logGroup } from './logs-log-group.ts';
import type { AnyResourceType } from './resource-type.ts';
import { bucket } from './s3-bucket.ts';
import { secret } from './secretsmanager-secret.ts';
import { discoveryInstance } from './servicediscovery-instance.ts';
import { privateDnsNamespace } from './servicediscovery-private-dns-namespace.ts';
import { discoveryService } from './servicediscovery-service.ts';
import { ssmParameter } from './ssm-parameter.ts';

/** Every resource type that the local region enacts, by its name. */
export const resourceTypes: ReadonlyMap<string, AnyResourceType> = new Map(
  [
    accessPoint,
    alarm,
    bucket,
    cluster,
    clusterCapacityProviderAssociations,
    dhcpOptions,
    discoveryInstance,
    discoveryService,
    elasticIp,
    eventsRule,
    fileSystem,
    internetGateway,
    listener,
    listenerRule,
    loadBalancer,
    logGroup,
    managedPolicy,
    mountTarget,
    natGateway,
    nestedStack,
    networkAcl,
    networkAclEntry,
    policy,
    privateDnsNamespace,
    repository,
    role,
    route,
    routeTable,
    scalableTarget,
    scalingPolicy,
    secret,
    securityGroup,
    securityGroupEgress,
    securityGroupIngress,
    service,
    ssmParameter,
    subnet,
    subnetNetworkAclAssociation,
    subnetRouteTableAssociation,
    targetGroup,
    taskDefinition,
    vpc,
    vpcDhcpOptionsAssociation,
    vpcEndpoint,
    vpcGatewayAttachment,
    waitCondition,
    waitConditionHandle,
  ].map((definition) => [definition.type, definition]),
);
