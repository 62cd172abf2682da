import { readerOf } from '../../../topology/from-template/values.ts';
import { type Declared, known } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';

export const listenerPriorityClash: Check = {
  id: 'listener-priority-clash',
  title: 'The rules of a listener have different priorities',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html',
  why: 'Elastic Load Balancing refuses the second rule: “PriorityInUse: Priority … is currently in use”.',
  *find({ system }) {
    const listeners = new Map<string, Declared[]>();
    for (const declared of system.resources.values()) {
      if (declared.type !== 'AWS::ElasticLoadBalancingV2::ListenerRule') continue;
      // One listener, also where it is of another stack: equal expressions are one.
      const key = JSON.stringify(declared.properties['ListenerArn']);
      listeners.set(key, [...(listeners.get(key) ?? []), declared]);
    }
    for (const rules of listeners.values()) {
      const taken = new Map<number, Declared>();
      const used = new Set(rules.flatMap((rule) => known(readerOf(rule).number('Priority')) ?? []));
      for (const rule of rules) {
        const at = under(rule.origin, 'Priority');
        const priority = readerOf(rule).number('Priority');
        const number = known(priority);
        if (number === undefined) continue;
        const before = taken.get(number);
        taken.set(number, before ?? rule);
        if (!before) continue;
        const unsure = rule.uncertain ?? before.uncertain;
        if (unsure !== undefined) {
          yield cannotTell(rule.id, at, unsure);
          continue;
        }
        const free = firstFree(used, number);
        used.add(free);
        yield found(rule.id, at, {
          message: `${rule.id} and ${before.id} are rules of one listener, and both have priority ${number}`,
          fix: { says: `write Priority: ${free}`, edits: [{ kind: 'set', path: at.path, value: free }] },
        });
      }
    }
  },
};

/** Priorities are 1 to 50,000. */
function firstFree(used: ReadonlySet<number>, from: number): number {
  for (let number = from + 1; number <= 50_000; number += 1) if (!used.has(number)) return number;
  for (let number = 1; number < from; number += 1) if (!used.has(number)) return number;
  return from;
}
