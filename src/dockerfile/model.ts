import type { Position } from '../common/problem.ts';

/** https://docs.docker.com/reference/dockerfile/ as typed instructions; nothing is expanded yet. */
export interface Dockerfile {
  readonly file: string;
  /** `\` or, by `# escape=`, a back-tick. */
  readonly escape: string;
  /** ARG instructions before the first FROM. */
  readonly globals: readonly Instruction[];
  readonly stages: readonly Stage[];
}

export interface Stage {
  /** What FROM names, unexpanded: an image, an earlier stage or `scratch`. */
  readonly from: string;
  readonly as?: string;
  readonly platform?: string;
  readonly position: Position;
  /** Without the FROM itself. */
  readonly instructions: readonly Instruction[];
}

export interface Instruction {
  /** In capitals. */
  readonly keyword: Keyword;
  /**
   * `json`: the array's strings. `shell` (RUN, CMD, ENTRYPOINT without an array): one element, the command line for the shell.
   * `words`: split at white space outside of quotes, quotes and variables as written (see `expandWord`).
   * HEALTHCHECK has `CMD` or `NONE` as its first element, then what CMD would have.
   */
  readonly form: 'json' | 'shell' | 'words';
  readonly args: readonly string[];
  readonly flags: readonly Flag[];
  readonly heredocs: readonly Heredoc[];
  /** What ONBUILD defers. */
  readonly trigger?: Instruction;
  /** As written, continuation lines joined and comments left out: for progress lines. */
  readonly text: string;
  readonly position: Position;
}

export interface Flag {
  readonly name: string;
  /** Absent in `--link`. */
  readonly value?: string;
}

/** Its introducer (`<<EOF`) stays in the arguments; a shell gets `args[0]`, the content and the name, line by line. */
export interface Heredoc {
  readonly name: string;
  /** With its final newline, tabs untouched. */
  readonly content: string;
  /** False where the name was quoted. */
  readonly expand: boolean;
  /** `<<-`: leading tabs are dropped. */
  readonly stripTabs: boolean;
}

export const KEYWORDS = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
] as const;
export type Keyword = (typeof KEYWORDS)[number];
