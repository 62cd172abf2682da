import { definition, resourceSchema } from '../../../../template/index.ts';

/**
 * Properties under the names that services with lower-case members give them. Only what the schema calls a structure is renamed:
 * the keys of maps (labels, log options) are the user's.
 */
export function camelCased(type: string, properties: object): Record<string, unknown> {
  const schema = resourceSchema(type);
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]: [string, unknown]) => [
      camelCase(name),
      convert(type, schema?.properties.get(name)?.type ?? 'json', value),
    ]),
  );
}

function convert(owner: string, type: string, value: unknown): unknown {
  if (type.startsWith('[') && Array.isArray(value))
    return value.map((item: unknown) => convert(owner, type.slice(1, -1), item));
  if (typeof value !== 'object' || value === null) return value;
  if (type === 'tag') return rename(owner, value, () => 'string');
  if (!type.startsWith('#')) return value;
  const members = definition(owner, type.slice(1));
  return rename(owner, value, (name) => members.get(name)?.type ?? 'json');
}

function rename(owner: string, value: object, typeOf: (name: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [
      camelCase(name),
      convert(owner, typeOf(name), member),
    ]),
  );
}

/** `EFSVolumeConfiguration` → `efsVolumeConfiguration`, `TaskRoleArn` → `taskRoleArn`. */
function camelCase(name: string): string {
  return name.replace(/^(?:[A-Z]+(?=[A-Z][a-z])|[A-Z]+$|[A-Z])/, (start) => start.toLowerCase());
}
