import type { ImageConfig } from '../runtime.ts';

/** An image made on this machine in place of an official one: same paths, entry point and configuration as far as the programs allow. */
export interface StandIn {
  /** Official names it serves for, whatever the tag. */
  readonly names: readonly string[];
  /** Debian packages whose files it has, with what they need to run. */
  readonly packages: readonly string[];
  /** Of which of them the version is announced; absent: the Node that runs Fairway. */
  readonly program: 'nodejs' | (string & {});
  /** Files of its own, over those of the packages. */
  readonly files: Readonly<Record<string, StandInFile>>;
  /** Users besides root and nobody, by name. */
  readonly users: Readonly<
    Record<string, { readonly uid: number; readonly home: string; readonly shell?: string }>
  >;
  /** Paths of packages that the official image does not have. */
  readonly remove: readonly string[];
  /** `ids`: whether other users than the one who runs Fairway exist inside. */
  config(version: string, ids: 'range' | 'single'): Partial<ImageConfig>;
}
export type StandInFile =
  | { readonly text: string; readonly mode?: number }
  | { readonly link: string }
  | { readonly directory: true; readonly mode?: number; readonly owner?: string };
