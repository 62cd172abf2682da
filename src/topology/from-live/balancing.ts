import type * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { collect } from '../answers.ts';
import type { LiveAnswers } from './answers.ts';
import type { Names } from './names.ts';
import { present, resource, type Resource } from './resource.ts';

const V2 = 'AWS::ElasticLoadBalancingV2::';

/** Load balancers, listeners, rules and target groups. */
export function balancingFrom(answers: LiveAnswers, name: Names): Resource[] {
  const balancers = collect(answers.DescribeLoadBalancers, 'LoadBalancers').map((balancer) =>
    resource(name(balancer.LoadBalancerArn)!, `${V2}LoadBalancer`, {
      Name: balancer.LoadBalancerName,
      Type: balancer.Type,
      Scheme: balancer.Scheme,
      Subnets: balancer.AvailabilityZones?.flatMap(({ SubnetId }) => SubnetId ?? []),
      SecurityGroups: balancer.SecurityGroups,
    }),
  );
  const listeners = collect(answers.DescribeListeners, 'Listeners').map((listener) =>
    resource(name(listener.ListenerArn)!, `${V2}Listener`, {
      LoadBalancerArn: name(listener.LoadBalancerArn),
      Port: listener.Port,
      Protocol: listener.Protocol,
      Certificates: listener.Certificates,
      SslPolicy: listener.SslPolicy,
      DefaultActions: actions(listener.DefaultActions, name),
    }),
  );
  const rules = collect(answers.DescribeRules, 'Rules')
    .filter(({ IsDefault }) => !IsDefault)
    .map((rule) => {
      const listener = name(listenerOf(rule.RuleArn ?? ''));
      return resource(`${listener}/${rule.Priority}`, `${V2}ListenerRule`, {
        ListenerArn: listener,
        Priority: Number(rule.Priority),
        Conditions: rule.Conditions?.map((condition) => present({ ...condition })),
        Actions: actions(rule.Actions, name),
      });
    });
  const groups = collect(answers.DescribeTargetGroups, 'TargetGroups').map((group) => {
    const {
      TargetGroupArn,
      TargetGroupName,
      LoadBalancerArns: _balancers,
      HealthCheckEnabled,
      ...same
    } = group;
    return resource(name(TargetGroupArn)!, `${V2}TargetGroup`, {
      ...same,
      Name: TargetGroupName,
      HealthCheckEnabled,
      Matcher: group.Matcher && present({ ...group.Matcher }),
    });
  });
  return [...balancers, ...listeners, ...rules, ...groups];
}

/** `…:listener-rule/app/NAME/ID/LISTENER/RULE` is a rule of `…:listener/app/NAME/ID/LISTENER`. */
const listenerOf = (arn: string): string =>
  arn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '');

function actions(list: readonly elb.Action[] | undefined, name: Names): unknown[] {
  return (list ?? []).map(({ TargetGroupArn, ForwardConfig, ...action }) =>
    present({
      ...action,
      TargetGroupArn: name(TargetGroupArn),
      ForwardConfig: ForwardConfig && {
        ...ForwardConfig,
        TargetGroups: ForwardConfig.TargetGroups?.map((group) => ({
          ...group,
          TargetGroupArn: name(group.TargetGroupArn),
        })),
      },
    }),
  );
}
