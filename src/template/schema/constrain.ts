import { isObject } from '../json.ts';
import { nearest } from '../nearest.ts';
import { pathText, type Path } from '../path.ts';
import type { TemplateProblem } from '../problem.ts';
import { intrinsicOf } from '../symbolic.ts';
import { short } from './conform.ts';
import { limits, type Limit } from './limits.ts';
import { definition, resourceSchema, type Properties, type PropertySchema } from './schema.ts';

/** The values of properties that their types do not take: not among those that there are, not in their pattern, range or length. */
export function constrain(
  type: string,
  properties: Readonly<Record<string, unknown>>,
  path: Path,
): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const schema = resourceSchema(type);
  if (schema) members(schema.properties, properties, type, path);
  return problems;

  function members(
    declared: Properties,
    given: Readonly<Record<string, unknown>>,
    owner: string,
    at: Path,
  ): void {
    for (const [name, value] of Object.entries(given)) {
      const property = declared.get(name);
      if (property) visit(property, property.type, value, limits[`${owner}.${name}`], [...at, name]);
    }
  }
  function visit(
    property: PropertySchema,
    wanted: string,
    value: unknown,
    limit: Limit | undefined,
    at: Path,
  ): void {
    if (intrinsicOf(value)) return;
    if (wanted.startsWith('[')) {
      if (!Array.isArray(value)) return;
      if (limit?.items) count(value.length, limit.items, limit, at);
      value.forEach((item, index) => visit(property, wanted.slice(1, -1), item, limit, [...at, index]));
    } else if (wanted.startsWith('#')) {
      if (isObject(value))
        members(definition(type, wanted.slice(1)), value, `${type}.${wanted.slice(1)}`, at);
    } else if (typeof value === 'string' || typeof value === 'number')
      scalar(value, limit?.values ?? property.values, limit, at);
  }
  function scalar(
    value: string | number,
    values: readonly (string | number)[] | undefined,
    limit: Limit | undefined,
    at: Path,
  ): void {
    const text = String(value);
    if (values && !values.some((allowed) => String(allowed) === text)) {
      const near = nearest(text, values.map(String));
      const meant = values.find((allowed) => String(allowed) === near);
      const list =
        values.length > 12
          ? `${values.slice(0, 10).join(', ')} and ${values.length - 10} more`
          : values.join(', ');
      report(
        at,
        `${text} is not a valid enum value`,
        `is ${short(value)}; there are ${list}`,
        limit,
        meant === undefined ? `write one of ${list}` : `write ${meant}`,
        meant,
      );
    }
    if (limit?.pattern && !limit.pattern.test(text))
      report(
        at,
        `string [${text}] does not match pattern ${limit.pattern.source}`,
        `is ${short(value)}, which is not ${limit.called}`,
        limit,
        `write ${limit.called}`,
      );
    if (limit?.range && text.trim() !== '' && !Number.isNaN(Number(text))) {
      const [least, most] = limit.range;
      if (Number(text) < least || Number(text) > most)
        report(
          at,
          `${text} is not within ${least} and ${most}`,
          `is ${text}, and must be ${least} to ${most}`,
          limit,
          `write a number from ${least} to ${most}`,
        );
    }
    if (limit?.length) {
      const [least, most] = limit.length;
      if (text.length < least || text.length > most)
        report(
          at,
          `length: ${text.length}, allowed: ${least} to ${most}`,
          `has ${text.length} characters, and must have ${least} to ${most}`,
          limit,
          `write ${least} to ${most} characters`,
        );
    }
  }
  function count(length: number, [least, most]: readonly [number, number], limit: Limit, at: Path): void {
    if (length < least || length > most)
      report(
        at,
        `${length} items, allowed: ${least} to ${most}`,
        `has ${length} items, and must have ${least} to ${most}`,
        limit,
        `write ${least} to ${most}`,
      );
  }
  function report(
    at: Path,
    reason: string,
    says: string,
    limit: Limit | undefined,
    fix: string,
    meant?: string | number,
  ): void {
    problems.push({
      code: 'property-value',
      path: at,
      message: `Property validation failure: [${pathText(at.slice(3))}: ${reason}]`,
      says: `${at.slice(3).join('.')} of ${String(at[1])} ${says}`,
      fix: limit ? `${fix} (${limit.source})` : fix,
      ...(meant === undefined ? {} : { changes: [{ kind: 'set', path: at, value: meant }] }),
    });
  }
}
