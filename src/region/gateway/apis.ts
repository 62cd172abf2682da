import type { Apis, Identity, ServiceName } from '../region.ts';
import { randomUUID } from 'node:crypto';
import { services } from './services.ts';
import type { CallContext, Handlers } from './types.ts';
import { unsupportedOperation } from './unsupported.ts';

/** A service's operations, whatever they are. */
export type AnyHandlers = Readonly<Record<string, AnyHandler | undefined>>;
export type AnyHandler = (input: unknown, context: CallContext) => unknown;

/**
 * What services hand in: filled while they are made, looked up when they are called, so that services may call each other
 * whatever the order of their making.
 */
export type HandlersByService = {
  [K in ServiceName]?: Handlers<SdkOf<Apis[K]>>;
};
type SdkOf<A> = A extends import('./types.ts').Api<infer M> ? M : never;

/**
 * Every service's operations as functions: no wire, no serialisation. An operation without handler rejects with the
 * service's own words for an unknown one.
 */
export function createApis(
  handlersByService: HandlersByService,
  { region }: Pick<Identity, 'region'> = { region: 'us-east-1' },
): Apis {
  const entries = Object.values(services).map((service) => {
    const calls = new Map<string, (input: unknown) => Promise<unknown>>();
    const api = new Proxy(
      {},
      {
        get(_target, operation) {
          // A promise that resolves with an api looks for `then`.
          if (typeof operation !== 'string' || operation === 'then') return undefined;
          let call = calls.get(operation);
          if (!call) {
            call = async (input) => {
              const handler = handlerOf(handlersByService[service.name], operation);
              if (!handler) throw unsupportedOperation(service, operation);
              return (await handler(input, internalContext(region))) ?? {};
            };
            calls.set(operation, call);
          }
          return call;
        },
      },
    );
    return [service.name, api] as const;
  });
  return Object.fromEntries(entries) as unknown as Apis;
}

/** The handler of an operation; names that every object has are none. */
export function handlerOf(handlers: object | undefined, operation: string): AnyHandler | undefined {
  if (!handlers || !Object.hasOwn(handlers, operation)) return undefined;
  const handler = (handlers as AnyHandlers)[operation];
  return handler && ((input, context) => handler.call(handlers, input, context));
}

function internalContext(region: string): CallContext {
  return { region, accessKeyId: 'internal', requestId: randomUUID(), host: 'localhost' };
}
