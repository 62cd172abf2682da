import { fieldValues, type RequestHead } from '../http/request-head.ts';
import type { Condition } from '../protocol.ts';
import { cidrMatcher } from './cidr.ts';
import { wildcard } from './wildcard.ts';

export interface Routable {
  readonly head: RequestHead;
  readonly source: string;
}
type Test = (request: Routable) => boolean;

/** Conditions of a rule as one function. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html */
export function compileConditions(conditions: readonly Condition[]): Test {
  const tests = conditions.map(compileCondition);
  return (request) => tests.every((test) => test(request));
}

function compileCondition(condition: Condition): Test {
  switch (condition.kind) {
    case 'path-pattern': {
      const matches = anyOf(condition.values, false);
      return ({ head }) => matches(pathOf(head.target));
    }
    case 'host-header': {
      const matches = anyOf(condition.values, true);
      return ({ head }) => matches(hostNameOf(head.host ?? ''));
    }
    case 'http-request-method': {
      const methods = new Set(condition.values);
      return ({ head }) => methods.has(head.method);
    }
    case 'source-ip': {
      const matches = cidrMatcher(condition.values);
      return ({ source }) => matches(source);
    }
    case 'http-header': {
      const name = condition.name.toLowerCase();
      const matches = anyOf(condition.values, true);
      return ({ head }) => fieldValues(head.text, name).some(matches);
    }
    case 'query-string': {
      const pairs = condition.values.map(({ key, value }) => ({
        key: key === undefined ? undefined : wildcard(key, true),
        value: wildcard(value, true),
      }));
      return ({ head }) => {
        const given = queryPairs(head.target);
        return pairs.some(({ key, value }) =>
          given.some(([name, content]) => (key === undefined || key(name)) && value(content)),
        );
      };
    }
  }
}

function anyOf(patterns: readonly string[], ignoreCase: boolean): (text: string) => boolean {
  const tests = patterns.map((pattern) => wildcard(pattern, ignoreCase));
  return (text) => tests.some((test) => test(text));
}

export const pathOf = (target: string): string => target.split(/[?#]/, 1)[0] ?? '';

/** What follows the first `?`, without a fragment. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_QueryStringConditionConfig.html */
export function queryOf(target: string): string {
  const start = target.indexOf('?');
  return start === -1 ? '' : (target.slice(start + 1).split('#', 1)[0] ?? '');
}

function queryPairs(target: string): [name: string, value: string][] {
  const query = queryOf(target);
  if (query === '') return [];
  return query.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
  });
}

/** Host without its port, in lower case. */
export const hostNameOf = (host: string): string => host.replace(/:\d*$/, '').toLowerCase();
export const portOf = (host: string): string | undefined => /:(\d+)$/.exec(host)?.[1];
