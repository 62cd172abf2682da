import { readEnvFile } from '../dotenv.ts';
import { type Field, field, type Findings, mapping, text, texts, wrong } from '../read.ts';
import type { Surroundings } from './surroundings.ts';

/** Reads `label_file` and `labels`, which wins: https://docs.docker.com/reference/compose-file/services/#label_file */
export function readLabels(found: Findings, service: Field, around: Surroundings): Record<string, string> {
  const labels = new Map<string, string>();
  for (const { value, position } of texts(found, field(service, 'label_file'))) {
    const file = around.locate(value);
    const content = around.readFile(file);
    if (content === undefined) {
      const message = `the label_file ${value} does not exist`;
      wrong(found, position, message, `create ${file}, or correct the path`, 'compose-file-missing');
      continue;
    }
    const lookup = (name: string) => around.lookup(name, position);
    for (const line of readEnvFile(content, file, lookup, found.problems))
      labels.set(line.name, line.value ?? '');
  }
  const at = field(service, 'labels');
  for (const [name, { value: tree }] of mapping(found, at)?.entries ?? [])
    labels.set(name, text(found, { tree, name: `${at?.name}.${name}` })?.value ?? '');
  return Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
}
