import type { Position } from '../../common/problem.ts';

/** A change of a compose file. */
export type Change = Line | ItemChange | PairChange;

/** `value` under `key` of the mapping at `path`; added to what is there where it is a list. */
export interface Line {
  readonly kind: 'line';
  readonly file: string;
  readonly path: readonly string[];
  readonly key: string;
  readonly value: Value;
  readonly list: boolean;
}
export type Value = string | boolean | Readonly<Record<string, string | readonly string[]>>;

/** Another volume in place of the bind mount that is written at a place. */
export interface ItemChange {
  readonly kind: 'mount';
  readonly file: string;
  readonly at: Position;
  readonly volume: string;
  readonly target: string;
  readonly readonly: boolean;
}

/** Another key, with its value, in place of one of the mapping at `path`. */
export interface PairChange {
  readonly kind: 'pair';
  readonly file: string;
  readonly path: readonly string[];
  readonly key: string;
  readonly by: string;
  readonly value: Value;
}

export interface Choice {
  readonly label: string;
  /** What happens where it is wrong. */
  readonly ifWrong: string;
  readonly changes: readonly Change[];
}

/** What nobody can know but who wrote the project. */
export interface Question {
  readonly text: string;
  readonly choices: readonly Choice[];
  /** Index of the likeliest; absent where nothing speaks for any. */
  readonly preferred?: number;
  /** What may be written in place of a number. */
  readonly other?: {
    readonly hint: string;
    readonly changes: (text: string) => readonly Change[] | undefined;
  };
}
