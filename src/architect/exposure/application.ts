import type { Service } from '../../compose/app.ts';
import type { PublicService } from '../design-model.ts';
import { getAtt, nameTag, ref, resource, type Resources } from '../intrinsics.ts';
import { layoutOf, publicSubnets } from '../network.ts';
import { compareText, logicalId } from '../naming.ts';
import type { Plan } from '../plan.ts';
import { members } from '../tasks.ts';
import { DRAINING, healthPath, SOON } from './health.ts';
import { conditions, priorities } from './rules.ts';
import { groups } from './sharing.ts';

/** One load balancer for the project's HTTP, with a listener for each published port and a target group for each container's port. */
export function applicationLoadBalancer(plan: Plan): Resources {
  const served = plan.publicServices.filter(({ protocol }) => protocol === 'http');
  if (served.length === 0) return {};
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
  for (const one of served)
    resources[logicalId.targetGroup(one.service, one.containerPort)] = targetGroup(plan, one);
  for (const group of groups(served).values()) Object.assign(resources, listener(group));
  return resources;
}

const forward = ({ service, containerPort }: PublicService) => ({
  Type: 'forward',
  TargetGroupArn: ref(logicalId.targetGroup(service, containerPort)),
});

const NOBODY = {
  Type: 'fixed-response',
  FixedResponseConfig: {
    StatusCode: '404',
    ContentType: 'text/plain',
    MessageBody: 'no service answers here\n',
  },
};

const isRule = ({ host, path }: PublicService) => host !== undefined || path !== undefined;

/** The service without a host or path of its own gets what no rule takes. */
function listener(group: readonly PublicService[]): Resources {
  const port = group[0]!.listenerPort;
  const rest = group.find((one) => !isRule(one));
  const rules = group.filter(isRule).sort((a, b) => compareText(a.service, b.service));
  const numbers = priorities(rules);
  return {
    [logicalId.listener(port)]: resource(
      `port ${port} of the load balancer`,
      'AWS::ElasticLoadBalancingV2::Listener',
      {
        LoadBalancerArn: ref('LoadBalancer'),
        Port: port,
        Protocol: 'HTTP',
        DefaultActions: [rest ? forward(rest) : NOBODY],
      },
    ),
    ...Object.fromEntries(
      rules.map((rule) => [
        logicalId.listenerRule(rule.service, port),
        resource(
          `port ${port} of the load balancer: what is for ${rule.service}`,
          'AWS::ElasticLoadBalancingV2::ListenerRule',
          {
            ListenerArn: ref(logicalId.listener(port)),
            Priority: numbers.get(rule)!,
            Conditions: conditions(rule),
            Actions: [forward(rule)],
          },
        ),
      ]),
    ),
  };
}

function targetGroup(plan: Plan, { service, containerPort }: PublicService) {
  return resource(`${service}: its targets`, 'AWS::ElasticLoadBalancingV2::TargetGroup', {
    VpcId: ref('Vpc'),
    Protocol: 'HTTP',
    Port: containerPort,
    // Fargate tasks have addresses of their own:
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
    TargetType: 'ip',
    HealthCheckPath: healthPath(listeningMember(plan, service, containerPort), containerPort),
    ...SOON,
    Matcher: { HttpCode: '200-399' },
    TargetGroupAttributes: DRAINING,
  });
}

/** The container of a task that publishes a port. */
export function listeningMember({ tasks }: Plan, owner: string, port: number): Service {
  const task = tasks.find((candidate) => candidate.owner.name === owner)!;
  return members(task).find(({ ports }) => ports.some(({ target }) => target === port)) ?? task.owner;
}
