import { join } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { nearest } from '../../common/nearest.ts';
import { InputError, type Position, type Problem } from '../../common/problem.ts';
import { type Ignore, reasonOf } from './ignore.ts';

export const SETTINGS_FILE = 'fairway.yaml';

/**
 * `ignore: [{id, resource?, reason}]` of fairway.yaml in a folder; none where there is no such file.
 * @throws InputError with every key and id that is not known
 */
export function readIgnores(
  folder: string,
  readText: (file: string) => string | undefined,
  ids: readonly string[],
): Ignore[] {
  const file = join(folder, SETTINGS_FILE);
  const text = readText(file);
  if (text === undefined) return [];
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const problems: Problem[] = [];
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refuse = (node: { range?: readonly number[] | null } | null, message: string, fix: string): void => {
    problems.push({ code: 'settings', message, position: position(node?.range?.[0] ?? 0), fix });
  };
  const known = (map: YAMLMap, keys: readonly string[]): void => {
    for (const { key } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!keys.includes(name))
        refuse(
          isScalar(key) ? key : map,
          `${SETTINGS_FILE} has no "${name}" here`,
          `write ${keys.join(', ')}`,
        );
    }
  };
  const ignores: Ignore[] = [];
  const EXAMPLE = 'write ignore: [{id: tag-latest, resource: api, reason: "…"}]';
  for (const error of document.errors) refuse({ range: error.pos }, error.message, EXAMPLE);
  const root = document.contents;
  if (problems.length === 0 && root !== null) {
    if (!isMap(root)) refuse(root, `${SETTINGS_FILE} is a map`, EXAMPLE);
    else {
      known(root, ['ignore']);
      const list = root.get('ignore', true);
      if (isSeq(list)) for (const item of list.items) entry(item);
      else if (root.has('ignore')) refuse(isScalar(list) ? list : root, 'ignore is a list', EXAMPLE);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return ignores;

  function entry(item: unknown): void {
    if (!isMap(item)) return refuse(isScalar(item) ? item : null, 'an entry of ignore is a map', EXAMPLE);
    known(item, ['id', 'resource', 'reason']);
    const id = item.get('id');
    if (typeof id !== 'string' || !ids.includes(id)) {
      const near = nearest(String(id), ids);
      return refuse(
        item,
        id === undefined ? 'an entry of ignore has no id' : `there is no check "${String(id)}"`,
        near ? `write ${near}` : 'the ids are listed in docs/checks/README.md',
      );
    }
    const resource = item.get('resource');
    ignores.push({
      id,
      resource: resource === undefined ? undefined : String(resource),
      reason: reasonOf(item.get('reason')),
      position: position(item.range?.[0] ?? 0),
      where: file,
    });
  }
}
