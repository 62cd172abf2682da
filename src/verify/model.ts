import type { Position } from '../common/problem.ts';
import type { Template } from '../template/model.ts';
import type { TemplateDiff } from '../template/difference/model.ts';
import type { Path as TemplatePath } from '../template/path.ts';
import type { TemplateProblem, Unanswered as NotTold } from '../template/problem.ts';
import type { Origin } from '../topology/model.ts';
import type { System } from '../topology/system.ts';
import type { Party } from './ends.ts';
import type { Graph } from './reach/graph.ts';
import type { Path } from './reach/model.ts';

export type Severity = 'error' | 'warning';

/** One check: a value in a file of its own, named by its id. */
export interface Check {
  /** Stable: it is what people put into `ignore`. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** The AWS page that states the fact. */
  readonly source: string;
  /** Why it matters, for the page of the check: what happens on AWS, in AWS's own words where they are known. */
  readonly why: string;
  find(context: Context): Iterable<Report>;
}

/** What a check looks at. Pure: the same context gives the same reports in the same order. */
export interface Context {
  readonly system: System;
  readonly graph: Graph;
  readonly parties: ReadonlyMap<string, Party>;
  /** As it was written, by stack; absent for a live region. */
  readonly templates: readonly {
    readonly stack?: string;
    readonly template: Template;
    /** Mistakes in its language, and what of it is not modelled. */
    readonly problems?: readonly TemplateProblem[];
    readonly unanswered?: readonly NotTold[];
    /** What deploying it would change, where what is deployed is known. */
    readonly diff?: TemplateDiff;
  }[];
  /** Who is meant to call whom, where a compose file says so; ids of parties. */
  readonly edges?: readonly { readonly from: string; readonly to: string; readonly port: number }[];
  /** Platforms of images that were looked up: reference → architectures. */
  readonly architectures?: ReadonlyMap<string, readonly string[]>;
}

/** A finding, or why the question could not be answered. */
export type Report = Found | CannotTell;
export interface Found {
  readonly kind: 'found';
  readonly resource: string;
  readonly origin: Origin;
  /** What is wrong, with the value. */
  readonly message: string;
  /** Changes to the template that mend it; the words for people are made of them. */
  readonly fix?: Fix;
  /** Of a path that fails: all of it. */
  readonly path?: Path;
}
export interface CannotTell {
  readonly kind: 'cannot-tell';
  readonly resource: string;
  readonly origin: Origin;
  /** The missing fact: `the parameter Vpc is given at deployment`. */
  readonly why: string;
}
export interface Fix {
  readonly says: string;
  readonly edits: readonly Edit[];
}
/** A change to a template's text; paths are those of the template as plain data. */
export type Edit =
  | { readonly kind: 'set'; readonly path: TemplatePath; readonly value: unknown }
  | { readonly kind: 'append'; readonly path: TemplatePath; readonly value: unknown }
  | { readonly kind: 'remove'; readonly path: TemplatePath }
  | {
      readonly kind: 'add-resource';
      readonly id: string;
      readonly resource: Readonly<Record<string, unknown>>;
    };

/** A report as the command line shows it. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  readonly resource: string;
  /** `ContainerDefinitions[0].Image`, where it is one property's. */
  readonly property: string | undefined;
  readonly position: Position | undefined;
  readonly message: string;
  readonly why: string;
  readonly source: string;
  readonly fix: Fix | undefined;
  readonly path: Path | undefined;
}
export interface Unanswered {
  readonly id: string;
  readonly resource: string;
  readonly position: Position | undefined;
  readonly why: string;
}
export interface Verdict {
  readonly findings: readonly Finding[];
  readonly unknowns: readonly Unanswered[];
}
