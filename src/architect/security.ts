import { nameTag, ref, resource, type Resources } from './intrinsics.ts';
import { logicalId } from './naming.ts';
import type { Plan } from './plan.ts';

/**
 * A rule that matches nothing. Without any egress rule in the group itself CloudFormation leaves "allow all" in place:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html (SecurityGroupEgress)
 */
const NO_EGRESS = {
  CidrIp: '255.255.255.255/32',
  IpProtocol: 'icmp',
  FromPort: 252,
  ToPort: 86,
  Description: 'nothing but what is added by rules of their own',
};

/** One group per service, and one rule per edge and direction, which names the other group. Nothing else is open. */
export function security({ app, services, edges, publicServices }: Plan): Resources {
  const resources: Resources = {};
  if (publicServices.length > 0) {
    resources.LoadBalancerSecurityGroup = resource(
      'the security group of the load balancer',
      'AWS::EC2::SecurityGroup',
      {
        GroupDescription: `Load balancer of ${app.name}`,
        VpcId: ref('Vpc'),
        SecurityGroupIngress: [...new Set(publicServices.map(({ listenerPort }) => listenerPort))].map(
          (port) => ({
            IpProtocol: 'tcp',
            FromPort: port,
            ToPort: port,
            CidrIp: '0.0.0.0/0',
            Description: 'from anywhere',
          }),
        ),
        SecurityGroupEgress: [NO_EGRESS],
        Tags: nameTag('load-balancer'),
      },
    );
  }
  for (const { name, settings } of services)
    resources[logicalId.securityGroup(name)] = resource(
      `${name}: its security group`,
      'AWS::EC2::SecurityGroup',
      {
        GroupDescription: `Tasks of ${app.name} ${name}`,
        VpcId: ref('Vpc'),
        // Images and AWS's own APIs are behind 443; names are never filtered by groups.
        SecurityGroupEgress: [
          443,
          ...settings.egress.map(({ value }) => value).filter((port) => port !== 443),
        ].map((port) => ({
          IpProtocol: 'tcp',
          FromPort: port,
          ToPort: port,
          CidrIp: '0.0.0.0/0',
          Description: port === 443 ? 'images and AWS APIs' : 'as x-aws egress says',
        })),
        Tags: nameTag(name),
      },
    );
  for (const { service, containerPort } of publicServices)
    Object.assign(resources, edgeRules('LoadBalancer', 'the load balancer', service, containerPort));
  for (const { from, to, port } of edges) Object.assign(resources, edgeRules(from, from, to, port));
  return resources;
}

function edgeRules(from: string, fromName: string, to: string, port: number): Resources {
  const rule = { IpProtocol: 'tcp', FromPort: port, ToPort: port };
  const source = from === 'LoadBalancer' ? 'LoadBalancerSecurityGroup' : logicalId.securityGroup(from);
  const target = logicalId.securityGroup(to);
  return {
    [logicalId.edge(from, to, port, 'Egress')]: resource(
      `${fromName} may call ${to}:${port}`,
      'AWS::EC2::SecurityGroupEgress',
      { GroupId: ref(source), DestinationSecurityGroupId: ref(target), ...rule, Description: `to ${to}` },
    ),
    [logicalId.edge(from, to, port, 'Ingress')]: resource(
      `${to}:${port} may be called by ${fromName}`,
      'AWS::EC2::SecurityGroupIngress',
      { GroupId: ref(target), SourceSecurityGroupId: ref(source), ...rule, Description: `from ${fromName}` },
    ),
  };
}
