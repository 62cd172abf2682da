import { parseArgs } from 'node:util';
import { InputError } from '../common/problem.ts';
import type { Terminal } from './terminal.ts';

/** Describes one option for `--help`, beside what node:util's parseArgs wants to know. */
export interface OptionHelp {
  readonly name: string;
  readonly short?: string;
  /** Placeholder of the value; absent: a switch. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** After `fairway NAME`, as docker compose writes it: `[OPTIONS] SERVICE=N…`. */
  readonly usage: string;
  /** A paragraph or an example that `--help` adds. */
  readonly details?: string;
  readonly options: readonly OptionHelp[];
  /** Fewest and most positional arguments. */
  readonly arguments: readonly [least: number, most: number];
  run(invocation: Invocation): Promise<number>;
}

export interface Invocation {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly positionals: readonly string[];
  /** What stands behind `--`. */
  readonly rest: readonly string[];
  /** The value of an option given once. */
  text(name: string): string | undefined;
  /** The values of an option that may be given several times. */
  texts(name: string): readonly string[];
  flag(name: string): boolean;
}

/** Options that every command understands, before and behind its name, as docker compose does. */
export const commonOptions: readonly OptionHelp[] = [
  {
    name: 'file',
    short: 'f',
    value: 'PATH',
    multiple: true,
    help: 'compose file or its directory (default: here)',
  },
  {
    name: 'project-name',
    short: 'p',
    value: 'NAME',
    help: 'project name (default: from the file, else the directory)',
  },
  { name: 'profile', value: 'NAME', multiple: true, help: 'compose profile to enable' },
  {
    name: 'env-file',
    value: 'PATH',
    multiple: true,
    help: 'file with variables (default: .env beside the compose file)',
  },
  { name: 'help', short: 'h', help: 'show this help' },
];

/**
 * Reads a command's arguments; rejects what it does not know. What stands before its name are common options; behind it its own
 * letters win, as in docker compose, where `-f` is a file before `logs` and "follow" behind it.
 */
export function parseInvocation(
  command: Command,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
  surroundings: Pick<Invocation, 'terminal' | 'env' | 'cwd'>,
): Invocation {
  const divider = after.indexOf('--');
  const own = divider < 0 ? after : after.slice(0, divider);
  const taken = new Set(command.options.flatMap(({ short }) => short ?? []));
  const inherited = commonOptions.map(({ short, ...option }) =>
    short === undefined || taken.has(short) ? option : { ...option, short },
  );
  const common = parse(command, before, commonOptions);
  const { positionals, values } = parse(command, own, [...inherited, ...command.options]);
  const [least, most] = command.arguments;
  if (!values.help && (positionals.length < least || positionals.length > most))
    throw usageError(
      command,
      positionals.length < least ? 'an argument is missing' : `unexpected argument "${positionals[most]}"`,
    );
  const all = (name: string) =>
    [common.values[name], values[name]].flat().filter((value) => value !== undefined);
  return {
    ...surroundings,
    positionals,
    rest: divider < 0 ? [] : after.slice(divider + 1),
    text: (name) => all(name).at(-1) as string | undefined,
    texts: (name) => all(name) as string[],
    flag: (name) => all(name).includes(true),
  };
}

interface Parsed {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
}

function parse(command: Command, args: readonly string[], known: readonly OptionHelp[]): Parsed {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        known.map(({ name, short, value, multiple }) => [
          name,
          {
            type: value === undefined ? ('boolean' as const) : ('string' as const),
            ...(short === undefined ? {} : { short }),
            ...(multiple ? { multiple } : {}),
          },
        ]),
      ),
    });
  } catch (error) {
    throw usageError(command, error instanceof Error ? error.message.split('. ')[0]! : String(error));
  }
}

export function usageError(command: Command, message: string): InputError {
  return new InputError([
    {
      code: 'usage',
      message: `${message.charAt(0).toLowerCase()}${message.slice(1)}`,
      fix: `usage: fairway ${command.name} ${command.usage}\nfairway ${command.name} --help tells more`,
    },
  ]);
}

export function helpText(command: Command): string {
  const row = ({ name, short, value, help }: OptionHelp) =>
    `  ${`${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`.padEnd(28)} ${help}`;
  const lines = [
    `Usage: fairway ${command.name} ${command.usage}`,
    '',
    `${command.summary}.`,
    ...(command.details ? ['', command.details] : []),
    ...(command.options.length > 0 ? ['', 'Options:', ...command.options.map(row)] : []),
    '',
    'Common options:',
    ...commonOptions.map(row),
  ];
  return `${lines.join('\n')}\n`;
}
