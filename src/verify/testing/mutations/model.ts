import type { Template } from '../../../template/model.ts';

/** The same system, written otherwise: what checks say of it must not change. */
export interface Mutation {
  readonly name: string;
  /** `clean`: a system without the mistake. */
  write(template: Template, more: { readonly clean: Template }): Written;
}
export interface Written {
  readonly text: string;
  /** What resources are called now, where that is not what they were called. */
  readonly nameOf?: (id: string) => string;
  /** What is called how, of a clean system beside it. */
  readonly copied?: (id: string) => string;
}
