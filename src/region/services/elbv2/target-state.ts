import type { TargetHealth } from '@aws-sdk/client-elastic-load-balancing-v2';
import { targetId, usersOf, zonesOf, type Elbv2, type TargetRecord } from './state.ts';

/** States, reasons and descriptions: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
export function targetState(state: Elbv2, target: TargetRecord): TargetHealth {
  if (target.drainingUntil)
    return {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    };
  const [user] = usersOf(state, target.targetGroupArn);
  const loadBalancer = user === undefined ? undefined : state.loadBalancers.get(user);
  if (!loadBalancer)
    return {
      State: 'unused',
      Reason: 'Target.NotInUse',
      Description: 'Target group is not configured to receive traffic from the load balancer',
    };
  if (target.zone !== 'all' && !zonesOf(state.region.internal.ec2.topology(), loadBalancer).has(target.zone))
    return {
      State: 'unused',
      Reason: 'Target.NotInUse',
      Description: 'Target is in an Availability Zone that is not enabled for the load balancer',
    };
  const known = state.health.get(targetId(target.targetGroupArn, target.address, target.port));
  if (!known)
    return {
      State: 'initial',
      Reason: 'Elb.RegistrationInProgress',
      Description: 'Target registration is in progress',
    };
  const { state: State, reason, description } = known;
  return {
    State,
    ...(reason ? { Reason: reason as TargetHealth['Reason'] } : {}),
    ...(description ? { Description: description } : {}),
  };
}
