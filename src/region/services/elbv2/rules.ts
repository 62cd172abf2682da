import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ApiError } from '../../gateway/api-error.ts';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { checkedActions } from './actions.ts';
import { checkedConditions } from './conditions.ts';
import { notPermitted, operation, validation } from './errors.ts';
import { findListener, findRule, newId, rulesOf, type Elbv2, type RuleRecord } from './state.ts';
import { checkedTags, putTags } from './tags.ts';

export function ruleHandlers(state: Elbv2): Handlers<typeof sdk> {
  const { rules } = state;
  return {
    /** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html */
    CreateRule: operation(['ListenerArn', 'Conditions', 'Priority', 'Actions', 'Tags'], (input) => {
      const listener = findListener(state, input.ListenerArn);
      const { arn: listenerArn } = listener;
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
      if (listener.protocol)
        throw validation(`Rules are not supported for listeners with protocol ${listener.protocol}`);
      const priority = checkPriority(input.Priority);
      const conditions = checkedConditions(input.Conditions);
      const actions = checkedActions(state, listener, input.Actions);
      const tags = checkedTags(input.Tags);
      const siblings = rulesOf(state, listenerArn);
      if (siblings.some((rule) => rule.priority === priority)) throw inUse(priority);
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
      if (siblings.length > 100)
        throw new ApiError('TooManyRules', "You've reached the limit on the number of rules");
      const arn = `${listenerArn.replace(':listener/', ':listener-rule/')}/${newId()}`;
      const record: RuleRecord = { arn, listenerArn, priority, conditions, actions };
      rules.put(arn, record);
      putTags(state, arn, tags);
      return { Rules: [describe(record)] };
    }),
    /** Lists are replaced whole. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html */
    ModifyRule: operation(['RuleArn', 'Conditions', 'Actions'], ({ RuleArn, Conditions, Actions }) => {
      const { arn, listenerArn, priority } = findRule(state, RuleArn);
      if (priority === 'default' && Conditions?.length)
        throw notPermitted(`Default rule '${arn}' cannot have conditions`);
      const changes = {
        ...(Conditions === undefined ? {} : { conditions: checkedConditions(Conditions) }),
        ...(Actions === undefined
          ? {}
          : { actions: checkedActions(state, findListener(state, listenerArn), Actions) }),
      };
      return { Rules: [describe(rules.patch(arn, changes))] };
    }),
    DeleteRule: operation(['RuleArn'], ({ RuleArn }) => {
      const { arn, priority } = findRule(state, RuleArn);
      if (priority === 'default') throw notPermitted(`Default rule '${arn}' cannot be deleted`);
      rules.delete(arn);
      state.tags.delete(arn);
      return {};
    }),
    DescribeRules: operation(
      ['ListenerArn', 'RuleArns', 'Marker', 'PageSize'],
      ({ ListenerArn, RuleArns = [], Marker, PageSize = 400 }) => {
        if (!ListenerArn && RuleArns.length === 0)
          throw validation('You must specify either listener rule ARNs or a listener ARN');
        const chosen = ListenerArn
          ? rulesOf(state, findListener(state, ListenerArn).arn)
          : RuleArns.map((arn) => findRule(state, arn));
        const { items, next } = pageAfter(chosen, orderOf, PageSize, Marker, (marker) =>
          validation(`Marker '${marker}' is not valid`),
        );
        return { Rules: items.map(describe), NextMarker: next };
      },
    ),
    /** Only the final arrangement must be free of conflicts. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html */
    SetRulePriorities: operation(['RulePriorities'], ({ RulePriorities = [] }) => {
      if (RulePriorities.length === 0) throw validation('At least one rule priority must be specified');
      const wanted = new Map(
        RulePriorities.map(({ RuleArn, Priority }) => {
          const rule = findRule(state, RuleArn);
          if (rule.priority === 'default')
            throw notPermitted(`Default rule '${rule.arn}' cannot be reprioritized`);
          return [rule.arn, checkPriority(Priority)];
        }),
      );
      for (const [arn, priority] of wanted)
        for (const other of rulesOf(state, findRule(state, arn).listenerArn))
          if (other.arn !== arn && (wanted.get(other.arn) ?? other.priority) === priority)
            throw inUse(priority);
      return { Rules: [...wanted].map(([arn, priority]) => describe(rules.patch(arn, { priority }))) };
    }),
  };
}

function checkPriority(priority: number | undefined): number {
  if (priority === undefined) throw validation('A rule priority must be specified');
  if (!Number.isInteger(priority) || priority < 1 || priority > 50_000)
    throw validation(`Priority '${priority}' must be within '1-50000' inclusive`);
  return priority;
}
const inUse = (priority: number) =>
  new ApiError('PriorityInUse', `Priority '${priority}' is currently in use`);
const orderOf = ({ priority, arn }: RuleRecord) =>
  `${priority === 'default' ? '99999' : String(priority).padStart(5, '0')} ${arn}`;

const describe = ({ arn, priority, conditions, actions }: RuleRecord): Rule => ({
  RuleArn: arn,
  Priority: String(priority),
  Conditions: [...conditions],
  Actions: [...actions],
  IsDefault: priority === 'default',
});
