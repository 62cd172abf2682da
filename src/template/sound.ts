import { isObject } from './json.ts';
import type { Template } from './model.ts';
import { intrinsicOf } from './symbolic.ts';

/** The parts of a map that have the shape of a template's; what does not is left out. */
export function sound(value: Readonly<Record<string, unknown>>): Template {
  const clean = withoutNulls(value) as Record<string, unknown>;
  const maps = (section: string): Record<string, Record<string, unknown>> | undefined => {
    const members = clean[section];
    if (!isObject(members)) return undefined;
    return Object.fromEntries(
      Object.entries(members).filter((entry): entry is [string, Record<string, unknown>] =>
        isObject(entry[1]),
      ),
    );
  };
  const kept = (section: string, keep: (member: Record<string, unknown>) => boolean) => {
    const members = maps(section);
    return members && Object.fromEntries(Object.entries(members).filter(([, member]) => keep(member)));
  };
  const description = clean['Description'];
  const sections = {
    Description: typeof description === 'string' ? description : undefined,
    Transform: clean['Transform'],
    Metadata: clean['Metadata'],
    Parameters: kept('Parameters', ({ Type }) => typeof Type === 'string'),
    Rules: kept('Rules', ({ Assertions }) => Array.isArray(Assertions) && Assertions.every(isObject)),
    Mappings: kept('Mappings', (map) => Object.values(map).every(isObject)),
    Conditions: isObject(clean['Conditions']) ? clean['Conditions'] : undefined,
    Outputs: kept('Outputs', (output) => 'Value' in output),
  };
  const resources = Object.entries(kept('Resources', ({ Type }) => typeof Type === 'string') ?? {});
  return {
    ...Object.fromEntries(Object.entries(sections).filter(([, section]) => section !== undefined)),
    Resources: Object.fromEntries(resources.map(([id, resource]) => [id, soundResource(resource)])),
  } as unknown as Template;
}

function soundResource(resource: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { DependsOn, Properties, Condition, Metadata, ...rest } = resource;
  const names = [DependsOn ?? []].flat().filter((name) => typeof name === 'string');
  return {
    ...rest,
    ...(isObject(Properties) ? { Properties } : {}),
    ...(isObject(Metadata) ? { Metadata } : {}),
    ...(typeof Condition === 'string' ? { Condition } : {}),
    ...(names.length > 0 ? { DependsOn: names } : {}),
  };
}

function withoutNulls(value: unknown): unknown {
  if (!hasNull(value)) return value;
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls);
  if (!isObject(value)) return value;
  const [name] = intrinsicOf(value) ?? [];
  // The null is said already; what it is in is not to be said besides.
  if (name !== undefined && value[name] === null) return { [name]: '' };
  const entries = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(entries.map(([key, member]) => [key, withoutNulls(member)]));
}

/** Whether there is a null at any depth. */
export function hasNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(hasNull);
}
