import { DockerfileParser, type Instruction as Node } from 'dockerfile-ast';
import { nearest } from '../common/nearest.ts';
import { InputError, type Position, type Problem } from '../common/problem.ts';
import { headerOf, heredocsOf, shownToLibrary } from './heredocs.ts';
import { type Dockerfile, type Flag, type Instruction, KEYWORDS, type Keyword, type Stage } from './model.ts';
import { splitWords } from './words.ts';

/** Reads a Dockerfile; throws an InputError with all that is wrong in it. */
export function parseDockerfile(text: string, file: string): Dockerfile {
  // The library cuts instructions apart; its own arguments lose blanks inside JSON strings and keep comments.
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const parsed = DockerfileParser.parse(shownToLibrary(source));
  const escape = parsed.getEscapeCharacter();
  const problems: Problem[] = [];
  const globals: Instruction[] = [];
  const stages: (Stage & { readonly instructions: Instruction[] })[] = [];
  for (const node of allInstructions(parsed)) {
    const { line, character } = node.getRange().start;
    const position: Position = { file, line: line + 1, column: character + 1 };
    const instruction = read(node, source, escape, position, problems);
    if (!instruction) continue;
    const stage = stages.at(-1);
    if (instruction.keyword === 'FROM') stages.push(readStage(instruction, problems));
    else if (stage) stage.instructions.push(instruction);
    else if (instruction.keyword === 'ARG') globals.push(instruction);
    else
      problems.push({
        code: 'dockerfile-no-from',
        message: `${instruction.keyword} stands before the first FROM`,
        position,
        fix: 'start with `FROM IMAGE`; only ARG may stand before it',
      });
  }
  if (stages.length === 0 && problems.length === 0)
    problems.push({
      code: 'dockerfile-no-from',
      message: 'the Dockerfile has no FROM',
      position: { file, line: 1, column: 1 },
      fix: 'write `FROM IMAGE` as its first instruction',
    });
  if (problems.length > 0) throw new InputError(problems);
  return { file, escape, globals, stages };
}

type Parsed = ReturnType<typeof DockerfileParser.parse>;

function allInstructions(parsed: Parsed): Node[] {
  const offset = (node: Node) => node.getRange().start.line * 1e6 + node.getRange().start.character;
  const nodes = [...new Set([...parsed.getInitialARGs(), ...parsed.getInstructions()])];
  return nodes.sort((a, b) => offset(a) - offset(b));
}

function read(
  node: Node,
  source: string,
  escape: string,
  position: Position,
  problems: Problem[],
): Instruction | undefined {
  const heredocs = heredocsOf(node, source, position, problems);
  const header = headerOf(node, source, escape);
  return interpret(header, heredocs, escape, position, problems);
}

const SHELL_FORM: readonly Keyword[] = ['RUN', 'CMD', 'ENTRYPOINT'];
const JSON_FORM: readonly Keyword[] = [...SHELL_FORM, 'SHELL', 'VOLUME', 'COPY', 'ADD'];
const FLAGGED: readonly Keyword[] = ['FROM', 'RUN', 'COPY', 'ADD', 'HEALTHCHECK'];

function interpret(
  text: string,
  heredocs: Instruction['heredocs'],
  escape: string,
  position: Position,
  problems: Problem[],
): Instruction | undefined {
  const [, written = '', after = ''] = /^\s*(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const keyword = KEYWORDS.find((known) => known === written.toUpperCase());
  if (!keyword) {
    const near = nearest(written, KEYWORDS);
    const fix = near ? `write ${near}` : `the instructions are ${KEYWORDS.join(', ')}`;
    problems.push({
      code: 'dockerfile-unknown-instruction',
      message: `unknown instruction ${written}`,
      position,
      fix,
    });
    return undefined;
  }
  const { flags, rest } = FLAGGED.includes(keyword) ? takeFlags(after) : { flags: [], rest: after.trim() };
  const base = { keyword, flags, heredocs, text: text.trim(), position };
  if (rest === '') {
    problems.push({
      code: 'dockerfile-empty-instruction',
      message: `${keyword} has no arguments`,
      position,
      fix: `write what ${keyword} is to do, or remove the line`,
    });
    return undefined;
  }
  if (keyword === 'ONBUILD') {
    const trigger = interpret(rest, heredocs, escape, position, problems);
    return trigger && { ...base, form: 'words', args: [], trigger };
  }
  if (keyword === 'HEALTHCHECK') {
    const [, kind = '', command = ''] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
    const list = jsonStrings(command);
    const args = [kind.toUpperCase(), ...(list ?? (command ? [command] : []))];
    return { ...base, form: list ? 'json' : 'shell', args };
  }
  const list = JSON_FORM.includes(keyword) ? jsonStrings(rest) : undefined;
  if (list) return { ...base, form: 'json', args: list };
  if (SHELL_FORM.includes(keyword)) return { ...base, form: 'shell', args: [rest] };
  return { ...base, form: 'words', args: splitWords(rest, escape) };
}

/** `--name=value` words at the start. */
function takeFlags(text: string): { flags: Flag[]; rest: string } {
  const flags: Flag[] = [];
  let rest = text.trim();
  for (let match = next(rest); match; match = next(rest)) {
    const [all, name = '', value] = match;
    flags.push(value === undefined ? { name } : { name, value: value.replaceAll(/(["'])(.*?)\1/g, '$2') });
    rest = rest.slice(all.length).trimStart();
  }
  return { flags, rest };
}
const next = (text: string) => /^--([a-z][\w-]*)(?:=((?:"[^"]*"|'[^']*'|\S)*))?(?=\s|$)/.exec(text);

/** What is no JSON array of strings is taken as plain text, as Docker takes it. */
function jsonStrings(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

function readStage(instruction: Instruction, problems: Problem[]): Stage & { instructions: Instruction[] } {
  const [from = '', as, name, ...more] = instruction.args;
  if (more.length > 0 || (as !== undefined && (as.toUpperCase() !== 'AS' || name === undefined)))
    problems.push({
      code: 'dockerfile-from',
      message: `FROM takes an image and a name: ${instruction.text}`,
      position: instruction.position,
      fix: 'write `FROM IMAGE` or `FROM IMAGE AS NAME`',
    });
  const platform = instruction.flags.find((flag) => flag.name === 'platform')?.value;
  return {
    from,
    ...(name === undefined ? {} : { as: name.toLowerCase() }),
    ...(platform === undefined ? {} : { platform }),
    position: instruction.position,
    instructions: [],
  };
}
