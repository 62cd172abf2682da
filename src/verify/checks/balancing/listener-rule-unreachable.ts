import { type Listener, isUnknown, known, type ListenerRule, type System } from '../../../topology/system.ts';
import type { Check, Fix, Report } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { takesAllOf } from './patterns.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const MOST_VALUES = 5;

export const listenerRuleUnreachable: Check = {
  id: 'listener-rule-unreachable',
  title: 'Every rule of a listener can match',
  severity: 'warning',
  source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html',
  why: 'Rules are tried by rising priority, and the first that matches is used. A rule behind one that takes all of its requests never gets any; one with more than five values is refused: “A rule can only have ‘5’ condition values”.',
  *find({ system }) {
    for (const listener of system.listeners)
      for (const rule of listener.rules) {
        yield* tooMany(rule);
        yield* shadowed(system, listener, rule);
      }
  },
};

function* tooMany({ id, conditions, origin }: ListenerRule): Generator<Report> {
  const count = conditions.reduce((sum, { values }) => sum + (known(values) ?? []).length, 0);
  if (count > MOST_VALUES)
    yield found(id, under(origin, 'Conditions'), {
      message: `${id} has ${count} condition values, and a rule may have ${MOST_VALUES}`,
      fix: { says: 'divide it into several rules with the same actions', edits: [] },
    });
}

function* shadowed(system: System, { rules }: Listener, rule: ListenerRule): Generator<Report> {
  const at = under(rule.origin, 'Priority');
  const own = rule.priority;
  const wider = rules.filter(
    (other) =>
      other.id !== rule.id &&
      // A rule after this one takes nothing from it.
      !((known(other.priority) ?? 0) > (known(own) ?? Infinity)) &&
      takesAllOf(other, rule),
  );
  const [first] = wider;
  if (!first) return;
  if (isUnknown(own)) return yield cannotTell(rule.id, at, own.unknown);
  const before = wider.filter(({ priority }) => (known(priority) ?? Infinity) < own);
  const certain = before.find(({ id }) => system.resources.get(id)?.uncertain === undefined);
  const open = wider.map(({ priority }) => priority).find(isUnknown);
  const unsure = before[0] && system.resources.get(before[0].id)?.uncertain;
  if (!certain) {
    if (unsure !== undefined || open) yield cannotTell(rule.id, at, unsure ?? open?.unknown ?? '');
    return;
  }
  yield found(rule.id, at, {
    message: `${rule.id} (priority ${own}) never matches: ${certain.id} (priority ${known(certain.priority) ?? 0}) takes all of its requests before it`,
    fix: takesAllOf(rule, certain)
      ? { says: 'take one of the two rules out', edits: [] }
      : ahead(rules, rule, certain),
  });
}

/** A free priority before the wider rule. */
function ahead(rules: readonly ListenerRule[], rule: ListenerRule, wider: ListenerRule): Fix {
  const used = new Set(rules.map(({ priority }) => known(priority)));
  let free = (known(wider.priority) ?? 0) - 1;
  while (free > 0 && used.has(free)) free -= 1;
  return {
    says: free > 0 ? `write Priority: ${free}` : `give it a lower priority than ${wider.id}`,
    edits: free > 0 ? [{ kind: 'set', path: under(rule.origin, 'Priority').path, value: free }] : [],
  };
}
