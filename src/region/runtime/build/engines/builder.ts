import type { ImageSink } from '../../../../oci/model.ts';
import type { Packages } from '../../standins/packages.ts';
import type { BuilderName } from '../../runtime.ts';
import type { BuildContext } from '../state.ts';

/** What turns a Dockerfile into an image of the store. */
export interface Builder {
  readonly name: BuilderName;
  /** Whether it can work here: its version, or why not. */
  available(): Promise<{ readonly version: string } | { readonly reason: string }>;
  build(context: EngineContext): Promise<Built>;
}
export interface Built {
  readonly digest: string;
  readonly cached: boolean;
}

/** What engines need beyond Fairway's own builder. */
export interface EngineContext extends BuildContext {
  /** The local registry's repository that the image goes to. */
  readonly sink: ImageSink;
  readonly packages: Packages;
  /** Whether an image is to be had, and whether a stand-in or an image that was built here would serve for it. */
  originOf(reference: string): Promise<'registry' | 'here' | 'nowhere'>;
}
