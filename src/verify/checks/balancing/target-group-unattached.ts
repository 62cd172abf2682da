import type { Template } from '../../../template/model.ts';
import { resourcesIn } from '../../../template/references.ts';
import { mentioned } from '../../../topology/from-template/script.ts';
import type { Origin } from '../../../topology/model.ts';
import { type Declared, isUnknown, type System } from '../../../topology/system.ts';
import type { Check, Context, Fix } from '../../model.ts';
import { oncePer } from '../../once.ts';
import { cannotTell, found, under } from '../../report.ts';

const LISTENERS = ['AWS::ElasticLoadBalancingV2::Listener', 'AWS::ElasticLoadBalancingV2::ListenerRule'];

export const targetGroupUnattached: Check = {
  id: 'target-group-unattached',
  title: 'A listener forwards to a service’s target group, before the service is made',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ecs-service.html',
  why: 'ECS refuses to create the service: “The target group with targetGroupArn … does not have an associated load balancer”. A service does not refer to its listener, so CloudFormation makes them in any order unless DependsOn says otherwise.',
  *find(context) {
    const { system } = context;
    for (const service of system.services) {
      const early: string[] = [];
      for (const { targetGroupId, origin } of service.targets) {
        const at = under(origin, 'TargetGroupArn');
        if (isUnknown(targetGroupId)) {
          yield cannotTell(service.id, at, targetGroupId.unknown);
          continue;
        }
        if (system.resources.get(targetGroupId)?.type !== 'AWS::ElasticLoadBalancingV2::TargetGroup') {
          yield cannotTell(service.id, at, `what forwards to ${targetGroupId} is not known here`);
          continue;
        }
        const forwarding = forwardersOf(context).get(targetGroupId) ?? [];
        if (forwarding.length === 0) {
          yield found(service.id, at, {
            message: `${service.id} registers in ${targetGroupId}, and no listener or rule forwards to it`,
            fix: attach(system, targetGroupId),
          });
          continue;
        }
        const [first] = forwarding;
        if (first && forwarding.every((one) => loses(context, service.origin, one.origin)))
          early.push(String(first.origin.path[1]));
      }
      if (early.length === 0) continue;
      const depends = [...dependsOn(context, service.origin), ...new Set(early)];
      yield found(service.id, service.origin, {
        message: `${service.id} may be created before ${[...new Set(early)].join(', ')}, and its target group has no load balancer until then`,
        fix: {
          says: `write DependsOn: ${depends.length === 1 ? depends[0] : `[${depends.join(', ')}]`} in ${service.id}`,
          edits: [
            {
              kind: 'set',
              path: [...service.origin.path, 'DependsOn'],
              value: depends.length === 1 ? depends[0] : depends,
            },
          ],
        },
      });
    }
  },
};

/** Listeners and rules by the target groups that they forward to. */
const forwardersOf = oncePer(({ system }) => {
  const forwarders = new Map<string, Declared[]>();
  for (const declared of system.resources.values()) {
    if (!LISTENERS.includes(declared.type)) continue;
    const actions = declared.properties[declared.type.endsWith('Rule') ? 'Actions' : 'DefaultActions'];
    for (const id of mentioned(actions)) forwarders.set(id, [...(forwarders.get(id) ?? []), declared]);
  }
  return forwarders;
});

const templateOf = ({ templates }: Context, { stack }: Origin) =>
  templates.find((one) => one.stack === stack)?.template;
const dependsOn = (context: Context, origin: Origin): string[] =>
  [templateOf(context, origin)?.Resources[String(origin.path[1])]?.DependsOn ?? []].flat();

/**
 * Whether a service is made before what forwards to its target group: that waits for a load balancer of the template, which takes
 * minutes, and the service does not. Where both wait for the same, or the load balancer is there already, it turns out well.
 */
function loses(context: Context, service: Origin, forwarder: Origin): boolean {
  const template = templateOf(context, service);
  if (!template || service.stack !== forwarder.stack) return false;
  const balancers = [...needs(template, String(forwarder.path[1]))].filter(
    (id) => template.Resources[id]?.Type === 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  );
  const own = needs(template, String(service.path[1]));
  return balancers.length > 0 && !own.has(String(forwarder.path[1])) && !balancers.some((id) => own.has(id));
}

/** All that is made before a resource. */
function needs(template: Template, id: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const { Properties, DependsOn = [] } = template.Resources[next] ?? {};
    open.push(...resourcesIn(Properties, template), ...[DependsOn].flat());
  }
  return seen;
}

/** One listener that answers by itself only, or none at all: what to write differs. */
function attach(system: System, groupId: string): Fix {
  const listeners = [...system.resources.values()].filter(({ type }) => type === LISTENERS[0]);
  const [balancer, another] = system.loadBalancers;
  const group = system.targetGroups.find(({ id }) => id === groupId);
  const simple = listeners.length === 0 && balancer && !another && group;
  return {
    says: simple
      ? `add a listener of ${balancer.id} that forwards to ${groupId}`
      : `let a listener of a load balancer, or a rule of one, forward to ${groupId}`,
    edits: [],
  };
}
