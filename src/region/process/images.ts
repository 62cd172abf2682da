import type { ServerResponse } from 'node:http';
import { fullName } from '../runtime/images/reference.ts';
import type { ImageSummary, PruneResult } from '../runtime/runtime.ts';
import type { Region } from '../region.ts';
import type { PullLine, PullRequest, StoredImage, WireProblem } from './protocol.ts';
import { stackServices } from './status.ts';

/** Every image of this machine with the services that run it. */
export async function listImages(region: Region): Promise<readonly StoredImage[]> {
  const { runtime } = region.plane;
  const images: readonly ImageSummary[] = (await runtime.images?.()) ?? [];
  const uses = await imageUses(region);
  const full = new Map<string, string[]>();
  for (const [reference, users] of uses) {
    const name = fullName(reference);
    full.set(name, [...(full.get(name) ?? []), ...users]);
  }
  return images.map((image) => ({ ...image, usedBy: [...new Set(full.get(image.reference) ?? [])].sort() }));
}

export async function pruneImages(region: Region, all: boolean): Promise<PruneResult> {
  const [uses, defined] = await Promise.all([imageUses(region), definedImages(region)]);
  const inUse = [...new Set([...uses.keys(), ...defined])];
  return (
    (await region.plane.runtime.pruneImages?.({ inUse, all })) ?? {
      references: [],
      layers: 0,
      blobs: 0,
      bytes: 0,
      notes: [],
    }
  );
}

/** Pulls, or makes what stands in, one line of JSON after the other. */
export async function pullImages(
  region: Region,
  { references, pull }: PullRequest,
  response: ServerResponse,
  toWire: (error: unknown) => WireProblem,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const send = (line: PullLine) => response.write(`${JSON.stringify(line)}\n`);
  await Promise.all(
    references.map(async (reference) => {
      try {
        const { digest, standIn } = await region.plane.runtime.resolve(
          reference,
          (line) => send({ kind: 'progress', reference, line }),
          {
            ...(pull === undefined ? {} : { pull }),
            onTransfer: throttled((progress) => send({ kind: 'transfer', ...progress })),
          },
        );
        send({ kind: 'ready', reference, digest, ...(standIn === undefined ? {} : { standIn }) });
      } catch (error) {
        send({ kind: 'failed', reference, problem: toWire(error) });
      }
    }),
  );
}

/** Reference → services that run it, as `PROJECT/SERVICE`. */
async function imageUses(region: Region): Promise<ReadonlyMap<string, readonly string[]>> {
  const uses = new Map<string, string[]>();
  const { Stacks = [] } = await region.api.cloudformation.DescribeStacks({});
  for (const { StackName = '' } of Stacks)
    for (const { name, arn, cluster } of await stackServices(region, StackName)) {
      const { services: [service] = [] } = await region.api.ecs.DescribeServices({
        cluster,
        services: [arn],
      });
      for (const image of await imagesOf(region, service?.taskDefinition ?? ''))
        uses.set(image, [...(uses.get(image) ?? []), `${StackName}/${name}`]);
    }
  return uses;
}

/** What a task could be started from at any moment. */
async function definedImages(region: Region): Promise<readonly string[]> {
  const images: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await region.api.ecs.ListTaskDefinitions(nextToken === undefined ? {} : { nextToken });
    for (const arn of page.taskDefinitionArns ?? []) images.push(...(await imagesOf(region, arn)));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return images;
}

async function imagesOf(region: Region, taskDefinition: string): Promise<readonly string[]> {
  if (taskDefinition === '') return [];
  const described = await region.api.ecs.DescribeTaskDefinition({ taskDefinition });
  return (described.taskDefinition?.containerDefinitions ?? []).flatMap(({ image }) => image ?? []);
}

/** Bytes of a layer are told ten times a second at most; a change of state always. */
function throttled<T extends { readonly layer: string; readonly state: string }>(
  send: (progress: T) => void,
): (progress: T) => void {
  const last = new Map<string, { readonly state: string; readonly at: number }>();
  return (progress) => {
    const { layer, state } = progress;
    const before = last.get(layer);
    const now = performance.now();
    if (before?.state === state && now - before.at < 100) return;
    last.set(layer, { state, at: now });
    send(progress);
  };
}
