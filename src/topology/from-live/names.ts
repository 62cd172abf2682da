import { collect } from '../answers.ts';
import type { LiveAnswers } from './answers.ts';

/** What resources are called that have an ARN: their own names, where nothing else has the same. */
export type Names = (arn: string | undefined) => string | undefined;

export function namesIn(answers: LiveAnswers): Names {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const call = (arn: string | undefined, name: string | undefined): void => {
    if (arn === undefined || names.has(arn)) return;
    const chosen = name === undefined || taken.has(name) ? arn : name;
    taken.add(chosen);
    names.set(arn, chosen);
  };
  for (const { serviceArn, serviceName } of collect(answers.DescribeServices, 'services'))
    call(serviceArn, serviceName);
  for (const { LoadBalancerArn, LoadBalancerName } of collect(answers.DescribeLoadBalancers, 'LoadBalancers'))
    call(LoadBalancerArn, LoadBalancerName);
  for (const { taskDefinition } of answers.DescribeTaskDefinition ?? [])
    call(taskDefinition?.taskDefinitionArn, `${taskDefinition?.family}:${taskDefinition?.revision}`);
  for (const { TargetGroupArn, TargetGroupName } of collect(answers.DescribeTargetGroups, 'TargetGroups'))
    call(TargetGroupArn, TargetGroupName);
  for (const listener of collect(answers.DescribeListeners, 'Listeners'))
    call(listener.ListenerArn, `${names.get(listener.LoadBalancerArn ?? '') ?? 'listener'}:${listener.Port}`);
  for (const { Role } of answers.GetRole ?? []) call(Role?.Arn, Role?.RoleName);
  for (const { Service } of answers.GetService ?? []) call(Service?.Arn, Service?.Id);
  return (arn) => (arn === undefined ? undefined : (names.get(arn) ?? arn));
}
