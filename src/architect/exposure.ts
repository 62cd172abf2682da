import type { Service } from '../compose/app.ts';
import { getAtt, nameTag, ref, resource, type Resources } from './intrinsics.ts';
import { layoutOf, publicSubnets } from './network.ts';
import { logicalId } from './naming.ts';
import type { Plan } from './plan.ts';

/** One load balancer for the project, with a listener and a target group for each published port. */
export function exposure(plan: Plan): Resources {
  const { services, publicServices } = plan;
  if (publicServices.length === 0) return {};
  const resources: Resources = {
    LoadBalancer: resource(
      'the load balancer',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
      {
        Type: 'application',
        Scheme: 'internet-facing',
        Subnets: publicSubnets(layoutOf(plan)).map(ref),
        SecurityGroups: [getAtt('LoadBalancerSecurityGroup', 'GroupId')],
        Tags: nameTag('load-balancer'),
      },
      { DependsOn: ['InternetGatewayAttachment', 'PublicDefaultRoute'] },
    ),
  };
  for (const { service: name, listenerPort, containerPort } of publicServices) {
    const service = services.find((candidate) => candidate.name === name)!;
    resources[logicalId.targetGroup(name, containerPort)] = targetGroup(service, containerPort);
    resources[logicalId.listener(name, listenerPort)] = resource(
      `${name}: port ${listenerPort} of the load balancer`,
      'AWS::ElasticLoadBalancingV2::Listener',
      {
        LoadBalancerArn: ref('LoadBalancer'),
        Port: listenerPort,
        Protocol: 'HTTP',
        DefaultActions: [
          { Type: 'forward', TargetGroupArn: ref(logicalId.targetGroup(name, containerPort)) },
        ],
      },
    );
  }
  return resources;
}

const targetGroup = (service: Service, port: number) =>
  resource(`${service.name}: its targets`, 'AWS::ElasticLoadBalancingV2::TargetGroup', {
    VpcId: ref('Vpc'),
    Protocol: 'HTTP',
    Port: port,
    // Fargate tasks have addresses of their own:
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
    TargetType: 'ip',
    HealthCheckPath: healthPath(service, port),
    // Found out soon: ten seconds to healthy or not, where the defaults take minutes.
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 2,
    Matcher: { HttpCode: '200-399' },
    // Every task that ends waits for as long, busy or not; a web request is over by then, and the default is five minutes.
    TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }],
  });

/** x-aws health_path, else the path that the compose file's own health check asks for at this port, else `/`. */
function healthPath({ settings, healthCheck }: Service, port: number): string {
  if (settings.healthPath) return settings.healthPath.value;
  const asked = /http:\/\/[^\s/:'"]+(?::(\d+))?(\/[^\s'"|;&)]*)/.exec(healthCheck?.command.join(' ') ?? '');
  return asked && Number(asked[1] ?? 80) === port ? asked[2]! : '/';
}
