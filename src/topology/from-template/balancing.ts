import {
  type Action,
  type Declared,
  isUnknown,
  known,
  type Listener,
  type ListenerRule,
  type LoadBalancer,
  type TargetGroup,
  type Value,
} from '../system.ts';
import { ofType } from './declared.ts';
import { type Reader, readerOf } from './values.ts';

type Resources = ReadonlyMap<string, Declared>;
const V2 = 'AWS::ElasticLoadBalancingV2::';

export function loadBalancersOf(resources: Resources): LoadBalancer[] {
  return ofType(resources, `${V2}LoadBalancer`).map((declared) => {
    const read = readerOf(declared);
    const type = known(read.text('Type')) ?? 'application';
    const groups = read.ids('SecurityGroups');
    const mappings = read.items('SubnetMappings').flatMap((item) => {
      const id = item.id('SubnetId');
      return isUnknown(id) ? `(${id.unknown})` : (id ?? []);
    });
    return {
      id: declared.id,
      name: known(read.text('Name')) ?? declared.id,
      type: type === 'network' || type === 'gateway' ? type : 'application',
      scheme: (read.text('Scheme') ?? 'internet-facing') as LoadBalancer['scheme'],
      subnetIds: read.ids('Subnets') ?? mappings,
      // Without any, an application load balancer gets the VPC's default group:
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
      ...(groups === undefined ? { groupIds: undefined } : { groupIds: groups }),
      origin: declared.origin,
    };
  });
}

export function listenersOf(resources: Resources): Listener[] {
  const rules = ofType(resources, `${V2}ListenerRule`);
  const certificates = ofType(resources, `${V2}ListenerCertificate`).map(readerOf);
  return ofType(resources, `${V2}Listener`).map((declared) => {
    const read = readerOf(declared);
    const own = read.raw('Certificates');
    const more = certificates.filter((one) => known(one.id('ListenerArn')) === declared.id).length;
    return {
      id: declared.id,
      loadBalancerId: read.id('LoadBalancerArn') ?? { unknown: 'it names no load balancer' },
      port: read.number('Port') ?? { unknown: 'it has no port' },
      protocol: read.text('Protocol') ?? 'HTTP',
      certificates:
        own === undefined || Array.isArray(own)
          ? ((own as unknown[] | undefined)?.length ?? 0) + more
          : { unknown: 'the list of certificates is not known' },
      defaultActions: read.items('DefaultActions').map(actionOf),
      rules: rules
        .filter((rule) => known(readerOf(rule).id('ListenerArn')) === declared.id)
        .map(ruleOf)
        .sort((a, b) => (known(a.priority) ?? 0) - (known(b.priority) ?? 0)),
      origin: declared.origin,
    };
  });
}

function ruleOf(declared: Declared): ListenerRule {
  const read = readerOf(declared);
  return {
    id: declared.id,
    priority: read.number('Priority') ?? { unknown: 'it has no priority' },
    conditions: read.items('Conditions').map((condition) => {
      const header = known(condition.part('HttpHeaderConfig')?.text('HttpHeaderName'));
      return {
        field: known(condition.text('Field')) ?? '',
        ...(header === undefined ? {} : { header }),
        values: condition.texts('Values') ?? valuesOf(condition),
      };
    }),
    actions: read.items('Actions').map(actionOf),
    origin: declared.origin,
  };
}

/** Each field has a configuration of its own: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html */
function valuesOf(condition: Reader): Value<readonly string[]> {
  const names = [
    'PathPatternConfig',
    'HostHeaderConfig',
    'HttpHeaderConfig',
    'HttpRequestMethodConfig',
    'SourceIpConfig',
  ];
  for (const name of names) {
    const values = condition.part(name)?.texts('Values');
    if (values !== undefined) return values;
    if (condition.part(name)?.raw('RegexValues') !== undefined)
      return { unknown: 'what regular expressions match is not compared' };
  }
  if (condition.raw('RegexValues') !== undefined)
    return { unknown: 'what regular expressions match is not compared' };
  const query = condition.part('QueryStringConfig')?.items('Values') ?? [];
  return query.map((pair) => `${known(pair.text('Key')) ?? ''}=${known(pair.text('Value')) ?? ''}`);
}

function actionOf(read: Reader): Action {
  const type = known(read.text('Type')) ?? '';
  if (type === 'forward') {
    const one = read.id('TargetGroupArn');
    const several = read.part('ForwardConfig')?.items('TargetGroups') ?? [];
    const ids = several.flatMap((group) => group.id('TargetGroupArn') ?? []);
    return {
      kind: 'forward',
      targetGroupIds: one === undefined ? ids : [one, ...ids.filter((id) => isUnknown(id) || id !== one)],
    };
  }
  if (type === 'fixed-response' || type === 'redirect') return { kind: type };
  return { kind: type.startsWith('authenticate') ? 'authenticate' : 'other' };
}

/** Defaults: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
export function targetGroupsOf(resources: Resources): TargetGroup[] {
  return ofType(resources, `${V2}TargetGroup`).map((declared) => {
    const read = readerOf(declared);
    const protocol = read.text('Protocol') ?? 'HTTP';
    const http = ['HTTP', 'HTTPS'].includes(known(protocol) ?? 'HTTP');
    const port = read.text('HealthCheckPort');
    const number = known(port);
    return {
      id: declared.id,
      name: known(read.text('Name')) ?? declared.id,
      vpcId: read.id('VpcId'),
      protocol,
      port: read.number('Port') ?? { unknown: 'it has no port' },
      targetType: (read.text('TargetType') ?? 'instance') as TargetGroup['targetType'],
      health: {
        protocol: read.text('HealthCheckProtocol') ?? (http ? protocol : 'TCP'),
        path: read.text('HealthCheckPath') ?? (http ? '/' : undefined),
        port: isUnknown(port)
          ? port
          : number === undefined || number === 'traffic-port'
            ? 'traffic-port'
            : Number(number),
        intervalSeconds: read.number('HealthCheckIntervalSeconds') ?? 30,
        timeoutSeconds: read.number('HealthCheckTimeoutSeconds') ?? (http ? 5 : 10),
        healthyThreshold: read.number('HealthyThresholdCount') ?? 5,
        unhealthyThreshold: read.number('UnhealthyThresholdCount') ?? 2,
        matcher: read.part('Matcher')?.text('HttpCode') ?? (http ? '200' : undefined),
      },
      origin: declared.origin,
    };
  });
}
