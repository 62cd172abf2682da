import { afterAll, expect, test } from 'vitest';
import type { ServiceName } from '../region.ts';
import type { AnyHandler } from './apis.ts';
import { loadModel, type Operation } from './model.ts';
import { services } from './services.ts';
import { comparable, sample, seeded } from './testing/samples.ts';
import { clientOptions, serveGateway } from './testing/serve.ts';

interface AnyClient {
  send(command: object): Promise<Readonly<Record<string, unknown>>>;
  destroy(): void;
}
type Constructor<T> = new (input: object) => T;

/** Operations that a client cannot send or read by itself over plain HTTP, with the reason. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  GetLogObject: 'answers with an event stream',
  StartLiveTail: 'answers with an event stream',
  SelectObjectContent: 'answers with an event stream',
  ListDirectoryBuckets: 'is signed for another service, S3 Express',
  PutEvents: 'takes the name of a global endpoint as a part of its host',
  GetInventory: 'asks by a shape that holds itself, which a sample must cut off',
  WriteGetObjectResponse: 'is for Lambda, at an endpoint of its own',
};
/** Members of S3 that the client's own middleware computes from the body and from keys. */
const CLIENT_OWN =
  /^(ChecksumAlgorithm|Checksum(MD5|CRC|SHA|XXH).*|ContentMD5|ContentLength|ExpiresString|.*SSECustomerKey.*)$/;

const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

test.each(Object.keys(services) as ServiceName[])('%s: every operation there and back', async (name) => {
  const service = services[name];
  const model = await loadModel(service);
  const sdk = (await service.load()) as Readonly<Record<string, unknown>>;
  const seen = new Map<string, unknown>();
  const answers = new Map<string, object>();
  const handlers: Record<string, AnyHandler> = {};
  for (const operation of model.operationNames)
    handlers[operation] = (input) => {
      seen.set(operation, input);
      return answers.get(operation);
    };
  const server = await serveGateway({ [name]: { handlers } });
  closers.push(server.close);
  const [, Client] = Object.entries(sdk).find(([key]) => /^[A-Z]\w*Client$/.test(key)) ?? [];
  const client = new (Client as Constructor<AnyClient>)({
    ...clientOptions(server.url),
    disableHostPrefix: true,
    forcePathStyle: true,
  });
  const random = seeded(42);
  const wrong: string[] = [];
  for (const operationName of model.operationNames) {
    if (LEFT_OUT[operationName]) continue;
    const operation = model.operation(operationName) as Operation;
    const own = name === 's3' ? CLIENT_OWN : undefined;
    const input = without((sample(operation.input, random) ?? {}) as object, own);
    const output = without((sample(operation.output, random) ?? {}) as object, own);
    answers.set(operationName, output);
    try {
      const Command = sdk[`${operationName}Command`] as Constructor<object>;
      const { $metadata: _, ...answer } = await client.send(new Command(structuredClone(input)));
      expect(comparable(without(seen.get(operationName) as object, own))).toEqual(comparable(input));
      expect(comparable(without(await bodies(answer), own))).toEqual(comparable(output));
    } catch (error) {
      wrong.push(`${operationName}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  client.destroy();
  expect(wrong).toEqual([]);
  const leftOut = model.operationNames.filter((operation) => LEFT_OUT[operation]);
  expect(seen.size).toBe(model.operationNames.length - leftOut.length);
});

function without(value: object, names: RegExp | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names?.test(name)));
}

async function bodies(answer: object): Promise<object> {
  const entries = await Promise.all(
    Object.entries(answer).map(async ([key, value]) => {
      const stream = value as { transformToByteArray?: () => Promise<Uint8Array> } | undefined;
      return [key, stream?.transformToByteArray ? await stream.transformToByteArray() : value] as const;
    }),
  );
  return Object.fromEntries(entries);
}
