import type { Position, Problem } from '../common/problem.ts';
import type { Template } from '../template/model.ts';

/** The AWS deployment of an App. */
export interface Design {
  readonly template: Template;
  /** What the deployer fills in. */
  readonly parameters: readonly DesignParameter[];
  /** Decisions that people should know of, and what has no counterpart on AWS. */
  readonly notices: readonly Problem[];
  /** Who calls whom: exactly these connections are allowed. */
  readonly edges: readonly Edge[];
  readonly publicServices: readonly PublicService[];
}

export interface DesignParameter {
  readonly name: string;
  readonly service: string;
  /** `image`: `repository@sha256:…` of a `build:`; `desired-count`: how many tasks. */
  readonly kind: 'image' | 'desired-count';
  readonly default?: number;
}

/** One service calls another at a TCP port. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** What says so: a variable, a link, depends_on, or x-aws. */
  readonly because: string;
  readonly position: Position;
}

/** A port that the load balancer serves. */
export interface PublicService {
  readonly service: string;
  readonly listenerPort: number;
  readonly containerPort: number;
  readonly position: Position;
}
