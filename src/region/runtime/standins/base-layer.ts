import type { Ids } from './model.ts';
import type { Archive, Origin, Packages } from './packages.ts';

/** A layer that stand-ins share. */
export interface BaseLayer {
  /** Part of the layer's key: counted up when what it makes changes. */
  readonly shape: number;
  packages(ids: Ids): readonly string[];
  /** Whether all that its packages depend on comes along. */
  readonly whole: boolean;
  fill(root: string, context: BaseContext): Promise<void>;
}
export interface BaseContext {
  readonly packages: Packages;
  readonly archives: readonly Archive[];
  readonly ids: Ids;
  readonly origins: readonly Origin[];
}
