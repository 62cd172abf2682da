import type { Variable } from '../app.ts';
import { readEnvFile } from '../dotenv.ts';
import { type Field, field, type Findings, flag, list, mapping, text, wrong } from '../read.ts';
import { isNull } from '../tree.ts';
import type { Surroundings } from './surroundings.ts';

/** Reads `env_file` and `environment`, which wins: https://docs.docker.com/reference/compose-file/services/#environment */
export function readEnvironment(found: Findings, service: Field, around: Surroundings): Variable[] {
  const variables = new Map<string, Variable>();
  const files = field(service, 'env_file');
  for (const [index, tree] of list(found, files).entries())
    readOneFile({ tree, name: `${files?.name}[${index}]` });
  const written = field(service, 'environment');
  for (const [name, { key, value: tree }] of mapping(found, written)?.entries ?? [])
    if (isNull(tree)) take(name, around.lookup(name, key), key);
    else take(name, text(found, { tree, name: `${written?.name}.${name}` })?.value, tree.position);
  return [...variables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

  function readOneFile(item: Field): void {
    const path = text(found, item.tree.kind === 'map' ? field(item, 'path') : item);
    if (!path) return;
    const file = around.locate(path.value);
    const content = around.readFile(file);
    if (content === undefined) {
      if (flag(found, field(item, 'required'))?.value !== false)
        wrong(
          found,
          path.position,
          `the env_file ${path.value} does not exist`,
          `create ${file}, or write \`required: false\` beside its path`,
          'compose-env-file-missing',
        );
      return;
    }
    const lookup = (name: string) => around.lookup(name, path.position);
    const raw = text(found, field(item, 'format'))?.value === 'raw';
    const lines = raw ? readRaw(content, file) : readEnvFile(content, file, lookup, found.problems);
    for (const { name, value, position } of lines) take(name, value ?? lookup(name), position);
  }

  function take(name: string, value: string | undefined, position: Variable['position']): void {
    if (value !== undefined) variables.set(name, { name, value, position });
    else
      found.notices.push({
        code: 'compose-unset-variable',
        message: `${name} is not set here: ${service.name} runs without it`,
        position,
      });
  }
}

function readRaw(content: string, file: string) {
  return content.split(/\r?\n/).flatMap((line, index) => {
    const at = line.indexOf('=');
    if (at < 1 || line.startsWith('#')) return [];
    return [
      { name: line.slice(0, at), value: line.slice(at + 1), position: { file, line: index + 1, column: 1 } },
    ];
  });
}
