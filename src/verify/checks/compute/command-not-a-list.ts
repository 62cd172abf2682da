import type { ContainerDefinition } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { found, under } from '../../report.ts';
import { called } from './tasks.ts';

export const commandNotAList: Check = {
  id: 'command-not-a-list',
  title: 'A command is a list of words, not a whole line in one',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html',
  why: 'The first word is the program, blanks and all. The task stops at once: “CannotStartContainerError: … exec: "python3 app.py": executable file not found in $PATH”.',
  *find({ system }) {
    for (const { id, containers } of system.taskDefinitions)
      for (const container of containers) {
        const wrong = programLine(container);
        if (!wrong) continue;
        const { key, line, rest } = wrong;
        const words = [...(wordsOf(line) ?? ['sh', '-c', line]), ...rest];
        yield found(id, under(container.origin, key), {
          message: `the ${key} of ${called(container)} is the one word ${JSON.stringify(line)}`,
          fix: {
            says: `write ${key}: ${JSON.stringify(words)}`,
            edits: [{ kind: 'set', path: under(container.origin, key).path, value: words }],
          },
        });
      }
  },
};

/** The word that names the program, where it is a line. Behind an EntryPoint, Command is arguments, and they may have blanks. */
function programLine({
  properties,
}: ContainerDefinition):
  | { readonly key: string; readonly line: string; readonly rest: string[] }
  | undefined {
  const key = isEmpty(properties['EntryPoint']) ? 'Command' : 'EntryPoint';
  const list: unknown[] = [properties[key] ?? []].flat();
  const [line, ...rest] = list;
  if (typeof line !== 'string' || !/^[\w./]\S*\s+\S/.test(line.trim())) return undefined;
  return { key, line, rest: rest.filter((word) => typeof word === 'string') };
}
const isEmpty = (list: unknown) => list === undefined || (Array.isArray(list) && list.length === 0);

/** The words of a line as a shell reads it; undefined where it takes a shell to run it. */
export function wordsOf(line: string): string[] | undefined {
  if (/[|&;<>()$`\\*?~\n#]|^\s*\w+=/.test(line)) return undefined;
  const words = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
