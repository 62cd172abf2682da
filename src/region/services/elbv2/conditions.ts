import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Condition } from '../../balancer/protocol.ts';
import { isIP } from 'node:net';
import { ApiError } from '../../gateway/api-error.ts';
import { notEnacted, refuseOthers, validation } from './errors.ts';

/** At most one condition of each of these in a rule. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html */
const single = ['host-header', 'http-request-method', 'path-pattern', 'source-ip'];

/** Checks the conditions of a rule, which are kept as they were given. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html */
export function checkedConditions(given: readonly RuleCondition[] | undefined): readonly RuleCondition[] {
  if (!given?.length) throw validation('At least one condition must be specified');
  const conditions = given.map(toCondition);
  for (const kind of single)
    if (conditions.filter((condition) => condition.kind === kind).length > 1)
      throw validation(`A rule can only have one '${kind}' condition`);
  const values = conditions.flatMap((condition) => condition.values as readonly unknown[]);
  if (values.length > 5)
    throw new ApiError('TooManyRules', 'The maximum number of condition values per rule is 5');
  const wildcards = conditions.flatMap(patternsOf).join('').match(/[*?]/g)?.length ?? 0;
  if (wildcards > 6) throw validation('A rule can have at most 6 wildcard characters');
  return given.map(complete);
}

/** A condition as the load balancer's program tests it. */
export function toCondition(given: RuleCondition): Condition {
  refuseOthers(given, [
    'Field',
    'Values',
    'HostHeaderConfig',
    'PathPatternConfig',
    'HttpHeaderConfig',
    'QueryStringConfig',
    'HttpRequestMethodConfig',
    'SourceIpConfig',
  ]);
  const { Field, Values } = given;
  switch (Field) {
    case 'host-header':
      return {
        kind: Field,
        values: texts(Field, Values ?? config(given.HostHeaderConfig)?.Values, /^[A-Za-z0-9.*?-]{1,128}$/),
      };
    case 'path-pattern':
      return {
        kind: Field,
        values: texts(
          Field,
          Values ?? config(given.PathPatternConfig)?.Values,
          /^[\w\-.$/~"'@:+&*?]{1,128}$/,
        ),
      };
    case 'http-request-method':
      return { kind: Field, values: texts(Field, given.HttpRequestMethodConfig?.Values, /^[A-Z_-]{1,40}$/) };
    case 'source-ip':
      return { kind: Field, values: sources(given.SourceIpConfig?.Values) };
    case 'http-header': {
      const name = given.HttpHeaderConfig?.HttpHeaderName ?? '';
      if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/.test(name) || name.toLowerCase() === 'host')
        throw validation(`HTTP header name '${name}' is not valid`);
      return {
        kind: Field,
        name,
        values: texts(Field, config(given.HttpHeaderConfig)?.Values, /^[\x20-\x7e]{1,128}$/),
      };
    }
    case 'query-string': {
      const pairs = given.QueryStringConfig?.Values ?? [];
      texts(
        Field,
        pairs.map(({ Value = '' }) => Value),
        /^[\x21-\x7e]{1,128}$/,
      );
      return {
        kind: Field,
        values: pairs.map(({ Key, Value = '' }) => (Key ? { key: Key, value: Value } : { value: Value })),
      };
    }
    default:
      throw validation(
        `Condition field '${Field}' must be one of '[path-pattern, host-header, http-header, http-request-method, query-string, source-ip]'`,
      );
  }
}

const config = <T extends { RegexValues?: string[] | undefined }>(given: T | undefined): T | undefined => {
  if (given?.RegexValues?.length) throw notEnacted('RegexValues');
  return given;
};

function texts(field: string, values: readonly string[] | undefined, valid: RegExp): readonly string[] {
  if (!values?.length) throw validation(`A condition value must be specified for '${field}'`);
  for (const value of values)
    if (!valid.test(value)) throw validation(`The condition value '${value}' is not valid for '${field}'`);
  return values;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SourceIpConditionConfig.html */
function sources(values: readonly string[] | undefined): readonly string[] {
  for (const value of values ?? []) {
    const [address = '', prefix = ''] = value.split('/');
    const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits || value === '255.255.255.255/32')
      throw validation(`The condition value '${value}' must be a CIDR block`);
  }
  return texts('source-ip', values, /./);
}

const patternsOf = (condition: Condition): readonly string[] =>
  condition.kind === 'query-string'
    ? condition.values.flatMap(({ key = '', value }) => [key, value])
    : condition.kind === 'http-request-method' || condition.kind === 'source-ip'
      ? []
      : condition.values;

/** As AWS describes it: with the values both at the top and in the object of its field. */
function complete(given: RuleCondition): RuleCondition {
  if (given.Field === 'host-header') {
    const Values = given.Values ?? given.HostHeaderConfig?.Values ?? [];
    return { Field: given.Field, Values, HostHeaderConfig: { Values } };
  }
  if (given.Field === 'path-pattern') {
    const Values = given.Values ?? given.PathPatternConfig?.Values ?? [];
    return { Field: given.Field, Values, PathPatternConfig: { Values } };
  }
  return given;
}
