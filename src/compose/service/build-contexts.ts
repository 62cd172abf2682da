import type { Build } from '../app.ts';
import { type Field, type Findings, mapping, text, wrong } from '../read.ts';

/** Reads `additional_contexts`: https://docs.docker.com/reference/compose-file/build/#additional_contexts */
export function readContexts(found: Findings, at: Field | undefined): Build['contexts'] {
  const contexts: [string, string][] = [];
  for (const [name, { value: tree }] of mapping(found, at)?.entries ?? []) {
    const written = text(found, { tree, name: `${at?.name}.${name}` });
    if (!written) continue;
    const { value, position } = written;
    const scheme = /^([a-z][a-z+-]*):/.exec(value)?.[1];
    if (scheme === undefined || scheme === 'docker-image') contexts.push([name, value]);
    else
      wrong(
        found,
        position,
        `the build context ${name} is ${value}, which is not enacted`,
        scheme === 'service'
          ? 'write the stage of that service into this Dockerfile, or `docker-image://NAME` with its image'
          : 'fetch it and write the folder, or write docker-image://NAME',
        'compose-refused',
      );
  }
  return Object.fromEntries(contexts.sort(([a], [b]) => (a < b ? -1 : 1)));
}
