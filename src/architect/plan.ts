import type { App, Service } from '../compose/app.ts';
import type { Edge, PublicService } from './design-model.ts';

/** What has been worked out of an App before resources are written: each concern reads it and gives its resources. */
export interface Plan {
  readonly app: App;
  readonly services: readonly Service[];
  readonly edges: readonly Edge[];
  readonly publicServices: readonly PublicService[];
  /** TCP ports each service listens on, as far as they are known; ascending. */
  readonly ports: ReadonlyMap<string, readonly number[]>;
}
