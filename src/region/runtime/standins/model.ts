import type { ImageConfig } from '../runtime.ts';

/**
 * An image made on this machine in place of an official one, for one tag: same paths, entry point and configuration as far as the
 * programs allow.
 */
export interface StandIn {
  /** Official names it serves for, whatever the tag. */
  readonly names: readonly string[];
  /**
   * What lies under it. `small`: BusyBox. `debian`: a root of the distribution, whose packages can be added with apt-get (for images
   * that people build upon).
   */
  readonly base: 'small' | 'debian';
  /** Debian packages whose files it has, with what they need to run. */
  readonly packages: readonly string[];
  /** Of which of them the version is announced; absent: the Node that runs Fairway. */
  readonly program: 'nodejs' | (string & {});
  /** The program's own name, where the package is called otherwise. */
  readonly label?: string;
  /** Files of its own, over those of the packages. */
  readonly files: Readonly<Record<string, StandInFile>>;
  /** What no list of files can say; count `shape` in make.ts up when it changes. */
  finish?(root: string, below: string | undefined): Promise<void>;
  /** Users besides root and nobody, by name. */
  readonly users: Readonly<
    Record<string, { readonly uid: number; readonly home: string; readonly shell?: string }>
  >;
  /** Paths of packages that the official image does not have. */
  readonly remove: readonly string[];
  /** `ids`: whether other users than the one who runs Fairway exist inside. */
  config(version: string, ids: Ids): Partial<ImageConfig>;
  /** What an official image has or does that this one does not; for docs/stand-ins.md. */
  readonly differs: string;
  /** The version in the tag, if there is one. */
  readonly asked?: string;
}
/** A stand-in for every tag. */
export interface Recipe extends Omit<StandIn, 'asked'> {
  /** What changes where the tag matches, in this order; packages, files, users and removals are added to those above. */
  readonly variants?: readonly Variant[];
}
export type Ids = 'range' | 'single';
export type Variant = Partial<Omit<StandIn, 'names' | 'asked'>> & { readonly tag: RegExp };
export type StandInFile =
  | { readonly text: string; readonly mode?: number }
  | { readonly link: string }
  | { readonly directory: true; readonly mode?: number; readonly owner?: string };
