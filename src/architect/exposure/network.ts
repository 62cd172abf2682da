import type { Problem } from '../../common/problem.ts';
import type { PublicService } from '../design-model.ts';
import { getAtt, nameTag, ref, resource, type Resources } from '../intrinsics.ts';
import { layoutOf, publicSubnets } from '../network.ts';
import { logicalId } from '../naming.ts';
import type { Plan } from '../plan.ts';
import type { ListeningPort } from '../ports.ts';
import { BY_INIT } from '../problems.ts';

/** What a listener or target group of a network load balancer speaks. */
export type Transport = 'TCP' | 'UDP' | 'TCP_UDP';

/** A listener and the target group behind it. */
export interface NetworkListener {
  readonly service: string;
  readonly listenerPort: number;
  readonly containerPort: number;
  readonly transport: Transport;
}

/** One for each published port that is not HTTP; TCP and UDP of one port share theirs. */
export function networkListeners(publicServices: readonly PublicService[]): NetworkListener[] {
  const found = new Map<string, NetworkListener>();
  for (const { service, protocol, listenerPort, containerPort } of publicServices) {
    if (protocol === 'http') continue;
    const key = `${service} ${listenerPort} ${containerPort}`;
    const transport = protocol === 'tcp' ? 'TCP' : 'UDP';
    const other = found.get(key)?.transport;
    found.set(key, {
      service,
      listenerPort,
      containerPort,
      transport: other === undefined || other === transport ? transport : 'TCP_UDP',
    });
  }
  return [...found.values()];
}

/** One load balancer for what is no HTTP. */
export function networkLoadBalancer(plan: Plan): Resources {
  const listeners = networkListeners(plan.publicServices);
  if (listeners.length === 0) return {};
  const resources: Resources = {
    NetworkLoadBalancer: resource(
      'the network load balancer',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
      {
        Type: 'network',
        Scheme: 'internet-facing',
        Subnets: publicSubnets(layoutOf(plan)).map(ref),
        // One that is made without groups can never get any: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
        SecurityGroups: [getAtt('NetworkLoadBalancerSecurityGroup', 'GroupId')],
        // Names lead to both zones, tasks may be in one only.
        LoadBalancerAttributes: [{ Key: 'load_balancing.cross_zone.enabled', Value: 'true' }],
        Tags: nameTag('network-load-balancer'),
      },
      { DependsOn: ['InternetGatewayAttachment', 'PublicDefaultRoute'] },
    ),
  };
  for (const one of listeners) {
    const { service, listenerPort, containerPort, transport } = one;
    const target = logicalId.networkTargetGroup(service, containerPort, transport);
    resources[target] = targetGroup(plan, one);
    resources[logicalId.networkListener(listenerPort)] = resource(
      `${service}: port ${listenerPort} of the network load balancer`,
      'AWS::ElasticLoadBalancingV2::Listener',
      {
        LoadBalancerArn: ref('NetworkLoadBalancer'),
        Port: listenerPort,
        Protocol: transport,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: ref(target) }],
      },
    );
  }
  return resources;
}

function targetGroup(plan: Plan, { service, containerPort, transport }: NetworkListener) {
  const check = checkedPort(plan.ports.get(service) ?? [], containerPort, transport);
  return resource(`${service}: its ${transport} targets`, 'AWS::ElasticLoadBalancingV2::TargetGroup', {
    VpcId: ref('Vpc'),
    Protocol: transport,
    Port: containerPort,
    TargetType: 'ip',
    // A connection that is taken is enough: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
    HealthCheckProtocol: 'TCP',
    ...(check === undefined || check === containerPort ? {} : { HealthCheckPort: String(check) }),
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 2,
    TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }],
  });
}

/** UDP itself answers no health check: another port has to, by TCP. */
export function checkedPort(
  listening: readonly ListeningPort[],
  containerPort: number,
  transport: Transport,
): number | undefined {
  if (transport !== 'UDP') return containerPort;
  const tcp = listening.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port);
  return tcp.includes(containerPort) ? containerPort : tcp[0];
}

/** Listeners without a port that tells whether their task is well. */
export const uncheckedListeners = (
  publicServices: readonly PublicService[],
  ports: ReadonlyMap<string, readonly ListeningPort[]>,
): NetworkListener[] =>
  networkListeners(publicServices).filter(
    (one) => checkedPort(ports.get(one.service) ?? [], one.containerPort, one.transport) === undefined,
  );

export const uncheckedPorts = ({
  publicServices,
  ports,
}: Pick<Plan, 'publicServices' | 'ports'>): Problem[] =>
  uncheckedListeners(publicServices, ports).map(({ service, containerPort }) => ({
    code: 'udp-without-check',
    message: `a network load balancer asks by TCP whether a task is well, and ${service} is not known to listen on any TCP port beside ${containerPort}/udp`,
    position: publicServices.find((one) => one.service === service && one.protocol === 'udp')?.position,
    fix: [
      `write a TCP port that answers under services.${service}: expose: ["8080"]`,
      `or, where it has none, the same, and let a container beside it answer there: services.${service}-health:  ${healthLine(service)}`,
      BY_INIT,
    ].join('\n'),
  }));

/** What answers as long as the task runs. */
export const healthService = (service: string) => ({
  image: 'busybox:1',
  network_mode: `service:${service}`,
  command: `httpd -f -p ${HEALTH_PORT}`,
});
export const HEALTH_PORT = '8080';
const healthLine = (service: string): string =>
  `{${Object.entries(healthService(service))
    .map(([key, value]) => `${key}: '${value}'`)
    .join(', ')}}`;
