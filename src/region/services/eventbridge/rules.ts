import type * as sdk from '@aws-sdk/client-eventbridge';
import type { Rule } from '@aws-sdk/client-eventbridge';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { notEnacted, notFound, operation, validation } from './errors.ts';
import { parseSchedule } from '../../../common/schedule/expression.ts';
import type { Scheduler } from './scheduler.ts';
import type { EventBridgeState, RuleRecord } from './state.ts';
import { checkTarget, MOST_TARGETS } from './targets.ts';
import { checkedTags } from './tags.ts';

const PAGE = 100;
const invalidToken = () => validation('The NextToken is not valid.');

/** Rules of the default bus. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html */
export function ruleHandlers(state: EventBridgeState, { arm }: Scheduler): Handlers<typeof sdk> {
  const { rules, region } = state;
  const find = (name = ''): RuleRecord => {
    const rule = rules.get(name);
    if (!rule) throw notFound(name);
    return rule;
  };
  const turn = (to: RuleRecord['state']) =>
    operation(['Name', 'EventBusName'], (input: sdk.EnableRuleRequest) => {
      onDefaultBus(input.EventBusName);
      rules.patch(find(input.Name).name, { state: to });
      arm(input.Name ?? '');
      return {};
    });
  return {
    PutRule: operation(
      [
        'Name',
        'ScheduleExpression',
        'EventPattern',
        'State',
        'Description',
        'RoleArn',
        'Tags',
        'EventBusName',
      ],
      (input) => {
        const { Name: name = '', ScheduleExpression, EventPattern, State = 'ENABLED' } = input;
        onDefaultBus(input.EventBusName);
        if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name))
          throw validation(
            `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint`,
          );
        if (EventPattern) throw notEnacted('EventPattern: rules here have a ScheduleExpression;');
        if (!ScheduleExpression)
          throw validation('Parameter(s) EventPattern or ScheduleExpression must be specified.');
        if (!parseSchedule(ScheduleExpression, { begin: 0 }))
          throw validation('Parameter ScheduleExpression is not valid.');
        if (State !== 'ENABLED' && State !== 'DISABLED') throw notEnacted(`State ${State}`);
        const before = rules.get(name);
        rules.put(name, {
          name,
          scheduleExpression: ScheduleExpression,
          state: State,
          description: input.Description,
          roleArn: input.RoleArn,
          // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html: tags of a rule that is there are not touched
          tags: before?.tags ?? checkedTags(input.Tags),
          since: region.clock.now(),
          targets: before?.targets ?? [],
        });
        arm(name);
        return { RuleArn: state.arnOf(name) };
      },
    ),
    DescribeRule: operation(['Name', 'EventBusName'], ({ Name, EventBusName }) => {
      onDefaultBus(EventBusName);
      return view(state, find(Name));
    }),
    ListRules: operation(
      ['NamePrefix', 'EventBusName', 'Limit', 'NextToken'],
      ({ NamePrefix = '', EventBusName, Limit = PAGE, NextToken }) => {
        onDefaultBus(EventBusName);
        const chosen = [...rules.values()].filter(({ name }) => name.startsWith(NamePrefix));
        const { items, next } = pageAfter(chosen, ({ name }) => name, Limit, NextToken, invalidToken);
        return { Rules: items.map((rule) => view(state, rule)), ...(next ? { NextToken: next } : {}) };
      },
    ),
    EnableRule: turn('ENABLED'),
    DisableRule: turn('DISABLED'),
    DeleteRule: operation(['Name', 'EventBusName', 'Force'], ({ Name = '', EventBusName }) => {
      onDefaultBus(EventBusName);
      if (rules.get(Name)?.targets.length) throw validation("Rule can't be deleted since it has targets.");
      rules.delete(Name);
      arm(Name);
      return {};
    }),
    PutTargets: operation(
      ['Rule', 'EventBusName', 'Targets'],
      ({ Rule: name, EventBusName, Targets = [] }) => {
        onDefaultBus(EventBusName);
        const rule = find(name);
        const given = Targets.map(checkTarget);
        const ids = new Set(given.map(({ Id }) => Id));
        const targets = [...rule.targets.filter(({ Id }) => !ids.has(Id)), ...given];
        if (targets.length > MOST_TARGETS)
          throw validation(
            `The requested resource exceeds the maximum number allowed: ${MOST_TARGETS} targets`,
          );
        rules.patch(rule.name, { targets });
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    ),
    RemoveTargets: operation(['Rule', 'EventBusName', 'Ids', 'Force'], (input) => {
      onDefaultBus(input.EventBusName);
      const rule = find(input.Rule);
      rules.patch(rule.name, { targets: rule.targets.filter(({ Id }) => !input.Ids?.includes(Id)) });
      return { FailedEntryCount: 0, FailedEntries: [] };
    }),
    ListTargetsByRule: operation(
      ['Rule', 'EventBusName', 'Limit', 'NextToken'],
      ({ Rule: name, EventBusName, Limit = PAGE, NextToken }) => {
        onDefaultBus(EventBusName);
        const { items, next } = pageAfter(find(name).targets, ({ Id }) => Id, Limit, NextToken, invalidToken);
        return { Targets: [...items], ...(next ? { NextToken: next } : {}) };
      },
    ),
  };
}

function onDefaultBus(name = 'default'): void {
  if (name !== 'default' && !name.endsWith(':event-bus/default')) throw notEnacted(`The event bus ${name}`);
}

function view(state: EventBridgeState, rule: RuleRecord): Rule {
  return {
    Name: rule.name,
    Arn: state.arnOf(rule.name),
    ScheduleExpression: rule.scheduleExpression,
    State: rule.state,
    Description: rule.description,
    RoleArn: rule.roleArn,
    EventBusName: 'default',
  };
}
