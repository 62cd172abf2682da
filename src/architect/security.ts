import { nameTag, ref, resource, type Resources } from './intrinsics.ts';
import { checkedPort, networkListeners } from './exposure/network.ts';
import { logicalId } from './naming.ts';
import type { Plan } from './plan.ts';
import { members } from './tasks.ts';

/**
 * A rule that matches nothing. Without any egress rule in the group itself CloudFormation leaves "allow all" in place:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html (SecurityGroupEgress)
 */
export const NO_EGRESS = {
  CidrIp: '255.255.255.255/32',
  IpProtocol: 'icmp',
  FromPort: 252,
  ToPort: 86,
  Description: 'nothing but what is added by rules of their own',
};

/** From the group of one thing to that of another. */
export interface Rule {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol?: 'tcp' | 'udp';
}

/** One group per task, and one rule per edge and direction, which names the other group. Nothing else is open. */
export function security(plan: Plan): Resources {
  const { app, tasks, edges, publicServices } = plan;
  const resources: Resources = {};
  const of = (http: boolean) => publicServices.filter(({ protocol }) => (protocol === 'http') === http);
  if (of(true).length > 0)
    resources.LoadBalancerSecurityGroup = balancerGroup('load balancer', app.name, 'load-balancer', of(true));
  if (of(false).length > 0)
    resources.NetworkLoadBalancerSecurityGroup = balancerGroup(
      'network load balancer',
      app.name,
      'network-load-balancer',
      of(false),
    );
  for (const task of tasks) {
    const { name } = task.owner;
    const egress = members(task).flatMap(({ settings }) => settings.egress.map(({ value }) => value));
    resources[logicalId.securityGroup(name)] = resource(
      `${name}: its security group`,
      'AWS::EC2::SecurityGroup',
      {
        GroupDescription: `Tasks of ${app.name} ${name}`,
        VpcId: ref('Vpc'),
        // Images and AWS's own APIs are behind 443; names are never filtered by groups.
        SecurityGroupEgress: [...new Set([443, ...egress])].map((port) => ({
          IpProtocol: 'tcp',
          FromPort: port,
          ToPort: port,
          CidrIp: '0.0.0.0/0',
          Description: port === 443 ? 'images and AWS APIs' : 'as x-aws egress says',
        })),
        Tags: nameTag(name),
      },
    );
  }
  for (const rule of balancerRules(plan)) Object.assign(resources, rulesOf(rule));
  for (const edge of edges) Object.assign(resources, rulesOf(edge));
  return resources;
}

function balancerGroup(words: string, project: string, tag: string, published: Plan['publicServices']) {
  const open = new Map(
    published.map(({ listenerPort, protocol }) => {
      const transport = protocol === 'udp' ? 'udp' : 'tcp';
      return [`${listenerPort}/${transport}`, { port: listenerPort, transport }];
    }),
  );
  return resource(`the security group of the ${words}`, 'AWS::EC2::SecurityGroup', {
    GroupDescription: `${words.charAt(0).toUpperCase()}${words.slice(1)} of ${project}`,
    VpcId: ref('Vpc'),
    SecurityGroupIngress: [...open.values()].map(({ port, transport }) => ({
      IpProtocol: transport,
      FromPort: port,
      ToPort: port,
      CidrIp: '0.0.0.0/0',
      Description: 'from anywhere',
    })),
    SecurityGroupEgress: [NO_EGRESS],
    Tags: nameTag(tag),
  });
}

/**
 * What the load balancers call: the ports they serve, and those they ask how a task is.
 * Health checks are subject to outbound rules: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
 */
export function balancerRules({ publicServices, ports }: Plan): Rule[] {
  const rules = publicServices.map(({ service, protocol, containerPort }): Rule => ({
    from: protocol === 'http' ? 'LoadBalancer' : 'NetworkLoadBalancer',
    to: service,
    port: containerPort,
    ...(protocol === 'udp' ? { protocol } : {}),
  }));
  const checks = networkListeners(publicServices).flatMap(({ service, containerPort, transport }): Rule[] => {
    const port = checkedPort(ports.get(service) ?? [], containerPort, transport);
    return port === undefined ? [] : [{ from: 'NetworkLoadBalancer', to: service, port }];
  });
  return [...new Map([...rules, ...checks].map((rule) => [JSON.stringify(ids(rule)), rule])).values()];
}

/** Their logical ids. */
export const ids = ({ from, to, port, protocol }: Rule): readonly [egress: string, ingress: string] => [
  logicalId.edge(from, to, port, 'Egress', protocol),
  logicalId.edge(from, to, port, 'Ingress', protocol),
];

const WORDS: Readonly<Record<string, string>> = {
  LoadBalancer: 'the load balancer',
  NetworkLoadBalancer: 'the network load balancer',
};

function rulesOf(edge: Rule): Resources {
  const { from, to, port, protocol = 'tcp' } = edge;
  const rule = { IpProtocol: protocol, FromPort: port, ToPort: port };
  const balancer = Object.hasOwn(WORDS, from);
  const fromName = balancer ? WORDS[from]! : from;
  const source = balancer ? `${from}SecurityGroup` : logicalId.securityGroup(from);
  const target = logicalId.securityGroup(to);
  const suffix = protocol === 'udp' ? '/udp' : '';
  const [egress, ingress] = ids(edge);
  return {
    [egress]: resource(`${fromName} may call ${to}:${port}${suffix}`, 'AWS::EC2::SecurityGroupEgress', {
      GroupId: ref(source),
      DestinationSecurityGroupId: ref(target),
      ...rule,
      Description: `to ${to}`,
    }),
    [ingress]: resource(
      `${to}:${port}${suffix} may be called by ${fromName}`,
      'AWS::EC2::SecurityGroupIngress',
      { GroupId: ref(target), SourceSecurityGroupId: ref(source), ...rule, Description: `from ${fromName}` },
    ),
  };
}
