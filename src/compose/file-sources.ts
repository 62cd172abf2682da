import type { FileSource } from './app.ts';
import { type Field, field, type Findings, flag, mapping, text, texts, wrong } from './read.ts';
import type { Surroundings } from './service/surroundings.ts';

/** What `x-aws-keys`, or an external name, may not be without. */
const ORIGINS = ['file', 'content', 'environment', 'external'] as const;

/** Reads `configs` or `secrets` of the top level: https://docs.docker.com/reference/compose-file/secrets/ */
export function readFileSources(
  found: Findings,
  project: Field,
  kind: 'configs' | 'secrets',
  around: Surroundings,
): FileSource[] {
  const at = field(project, kind);
  return [...(mapping(found, at)?.entries ?? [])]
    .flatMap(([name, { key, value: tree }]) => {
      const item: Field = { tree, name: `${kind}.${name}` };
      if (!mapping(found, item)) return [];
      const from = readOrigin(found, item, name, kind, around);
      const keys = texts(found, field(item, 'x-aws-keys')).map(({ value }) => value);
      return from ? [{ name, from, ...(keys.length > 0 ? { keys } : {}), position: key }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readOrigin(
  found: Findings,
  item: Field,
  name: string,
  kind: 'configs' | 'secrets',
  around: Surroundings,
): FileSource['from'] | undefined {
  const external = readExternal(found, item);
  const given = ORIGINS.filter((origin) => field(item, origin) && (origin !== 'external' || external));
  const [origin, second] = given;
  const { position } = item.tree;
  const choices = `file: PATH, environment: VARIABLE${kind === 'configs' ? ', content: TEXT' : ''} or external: true`;
  if (!origin || second) {
    const message = second ? `${item.name} has both ${origin} and ${second}` : `${item.name} has no source`;
    wrong(found, position, message, `write one of ${choices}`);
    return undefined;
  }
  if (origin === 'external') return { kind: 'external', name: external?.name ?? name };
  const written = text(found, field(item, origin));
  if (!written) return undefined;
  if (origin === 'content') return { kind: 'content', content: written.value };
  if (origin === 'environment') {
    const value = around.lookup(written.value, written.position);
    return { kind: 'environment', variable: written.value, ...(value === undefined ? {} : { value }) };
  }
  const path = around.absolute(found, written);
  return path === undefined ? undefined : { kind: 'file', path };
}

/** `external: true` with `name` beside it, or the older `external: {name: …}`. */
export function readExternal(found: Findings, item: Field): { readonly name?: string } | undefined {
  const external = field(item, 'external');
  const older = external?.tree.kind === 'map';
  if (!external || (!older && flag(found, external)?.value !== true)) return undefined;
  const name = text(found, field(older ? external : item, 'name'))?.value;
  return name === undefined ? {} : { name };
}

/** A file that a service is granted must be there, and a variable set. */
export function checkFileSource(
  found: Findings,
  { name, from, position }: FileSource,
  kind: 'config' | 'secret',
  readFile: Surroundings['readFile'],
): void {
  if (from.kind === 'file' && readFile(from.path) === undefined)
    wrong(
      found,
      position,
      `the file ${from.path} of the ${kind} ${name} does not exist`,
      'create it, or correct `file`',
      'compose-file-missing',
    );
  if (from.kind === 'environment' && from.value === undefined)
    wrong(
      found,
      position,
      `the variable ${from.variable} of the ${kind} ${name} is not set`,
      `set ${from.variable} in the environment or in .env`,
      'compose-undefined-variable',
    );
}
