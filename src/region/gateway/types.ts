import type { CommandImpl } from '@smithy/core/client';
import type { Readable } from 'node:stream';

/** What a handler may know about the HTTP call that reached it. */
export interface CallContext {
  readonly region: string;
  readonly accessKeyId: string;
  readonly requestId: string;
  /** The Host header, for answers that carry addresses. */
  readonly host: string;
}

// oxlint-disable-next-line typescript/no-explicit-any -- the SDK's own command type has these parameters
type Io<C> = C extends abstract new (...args: never[]) => CommandImpl<infer I, infer O, any, any, any>
  ? { in: I; out: O }
  : never;

/** Client-side stream types cannot be made on a server: plain bytes or a Node stream serve instead. */
type ServerBody<O> = {
  [K in keyof O]: Extract<O[K], { transformToString: unknown }> extends never
    ? O[K]
    : Uint8Array | string | Readable | undefined;
};
type Result<O> = ServerBody<Omit<O, '$metadata'>>;
/** What a client sends as a stream reaches a handler as bytes. */
type ServerInput<I> = { [K in keyof I]: K extends 'Body' ? Uint8Array | undefined : I[K] };

/**
 * The operations of one AWS service, typed by its SDK package `M` (`typeof import('@aws-sdk/client-ecs')`).
 * `{ CreateCluster?: (input: CreateClusterCommandInput, context) => CreateClusterCommandOutput, … }`
 */
export type Handlers<M> = {
  [K in keyof M as K extends `${infer N}Command` ? N : never]?: (
    input: ServerInput<Io<M[K]>['in']>,
    context: CallContext,
  ) => Result<Io<M[K]>['out']> | Promise<Result<Io<M[K]>['out']>>;
};

/** The same operations as one part of the region calls them on another; an operation without handler throws ApiError. */
export type Api<M> = {
  readonly [K in keyof M as K extends `${infer N}Command` ? N : never]: (
    input: ServerInput<Io<M[K]>['in']>,
  ) => Promise<Result<Io<M[K]>['out']>>;
};
