import type { Origin } from '../../../topology/model.ts';
import { known } from '../../../topology/system.ts';
import type { Check, Context } from '../../model.ts';
import { found, under } from '../../report.ts';

interface Count {
  readonly id: string;
  readonly origin: Origin;
  readonly number: number;
  readonly quota: number;
  /** `inbound rules`. */
  readonly what: string;
  /** Whether it can be raised on request. */
  readonly raisable: boolean;
}

export const quotaExceeded: Check = {
  id: 'quota-exceeded',
  title: 'Nothing is more than AWS allows by default',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html',
  why: 'The service refuses what is one too many, “RulesPerSecurityGroupLimitExceeded” for one, and the stack rolls back.',
  *find(context) {
    for (const { id, origin, number, quota, what, raisable } of counts(context))
      if (number > quota)
        yield found(id, origin, {
          message: `${id} has ${number} ${what}, and the quota is ${quota}`,
          fix: {
            says: raisable ? `have fewer, or have the quota raised in Service Quotas` : 'have fewer',
            edits: [],
          },
        });
  },
};

function* counts({ system, templates }: Context): Iterable<Count> {
  for (const { stack, template } of templates) {
    const number = Object.keys(template.Resources).length;
    const origin = stack === undefined ? { path: ['Resources'] } : { stack, path: ['Resources'] };
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    yield { id: stack ?? 'the template', origin, number, quota: 500, what: 'resources', raisable: false };
  }
  for (const { id, origin, ingress, egress } of system.securityGroups) {
    if (!origin) continue;
    const sure = (rules: typeof ingress): number =>
      rules.filter(({ uncertain, origin: written }) => uncertain === undefined && written !== undefined)
        .length;
    yield { id, origin, number: sure(ingress), quota: 60, what: 'inbound rules', raisable: true };
    yield { id, origin, number: sure(egress), quota: 60, what: 'outbound rules', raisable: true };
  }
  for (const { id, origin, ingress, egress } of system.networkAcls) {
    if (!origin) continue;
    // The rule that denies the rest counts: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    yield { id, origin, number: ingress.length + 1, quota: 20, what: 'inbound rules', raisable: true };
    yield { id, origin, number: egress.length + 1, quota: 20, what: 'outbound rules', raisable: true };
  }
  for (const { id, origin, routes } of system.routeTables) {
    if (!origin) continue;
    const number = routes.filter(({ target }) => target.kind !== 'local').length;
    yield { id, origin, number, quota: 50, what: 'routes', raisable: true };
  }
  yield* ofServices(system);
  yield* ofLoadBalancers(system);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
function* ofServices({ services }: Context['system']): Iterable<Count> {
  for (const { id, origin, groupIds, subnetIds, targets, desiredCount } of services) {
    const at = under(origin, ['NetworkConfiguration', 'AwsvpcConfiguration']);
    yield {
      id,
      origin: at,
      number: known(groupIds)?.length ?? 0,
      quota: 5,
      what: 'security groups',
      raisable: false,
    };
    yield {
      id,
      origin: at,
      number: known(subnetIds)?.length ?? 0,
      quota: 16,
      what: 'subnets',
      raisable: false,
    };
    yield {
      id,
      origin: under(origin, 'LoadBalancers'),
      number: targets.length,
      quota: 5,
      what: 'target groups',
      raisable: false,
    };
    yield {
      id,
      origin: under(origin, 'DesiredCount'),
      number: known(desiredCount) ?? 0,
      quota: 5000,
      what: 'tasks',
      raisable: true,
    };
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
function* ofLoadBalancers({ loadBalancers, listeners, services }: Context['system']): Iterable<Count> {
  for (const { id, origin, type, groupIds } of loadBalancers) {
    const own = listeners.filter(({ loadBalancerId }) => known(loadBalancerId) === id);
    yield {
      id,
      origin: under(origin, 'SecurityGroups'),
      number: known(groupIds)?.length ?? 0,
      quota: 5,
      what: 'security groups',
      raisable: true,
    };
    yield { id, origin, number: own.length, quota: 50, what: 'listeners', raisable: true };
    if (type !== 'application') continue;
    yield {
      id,
      origin,
      number: own.reduce((sum, { rules }) => sum + rules.length, 0),
      quota: 100,
      what: 'rules besides the default ones',
      raisable: true,
    };
    const actions = own.flatMap(({ defaultActions, rules }) => [
      ...defaultActions,
      ...rules.flatMap((rule) => rule.actions),
    ]);
    const groups = new Set(
      actions.flatMap((action) =>
        action.kind === 'forward' ? action.targetGroupIds.flatMap((group) => known(group) ?? []) : [],
      ),
    );
    yield { id, origin, number: groups.size, quota: 100, what: 'target groups', raisable: true };
    const tasks = services
      .filter(({ targets }) => targets.some(({ targetGroupId }) => groups.has(known(targetGroupId) ?? '')))
      .reduce((sum, { desiredCount }) => sum + (known(desiredCount) ?? 0), 0);
    yield { id, origin, number: tasks, quota: 1000, what: 'targets', raisable: true };
  }
}
