import { parentPort, workerData } from 'node:worker_threads';
import { type Mutation, targetsOf } from './targets.ts';
import type { Found, Work } from './work.ts';

const { root, target: name, seed, from, to, progress } = workerData as Work;
const target = targetsOf(root).find((each) => each.name === name)!;

for (let index = from; index < to; index++) {
  progress[0] = index;
  Atomics.notify(progress, 0);
  const mutation = target.mutation(seed, index);
  const said = failure(mutation, mutation.text);
  if (said !== undefined) {
    const text = smaller(mutation, kindOf(said));
    const found: Found = {
      index,
      of: mutation.of,
      kind: kindOf(said),
      said: failure(mutation, text) ?? said,
      text,
    };
    parentPort?.postMessage(found, []);
  }
}
progress[0] = to;

function failure({ tell }: Mutation, text: string): string | undefined {
  try {
    return tell(text);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** What failures of one cause have in common: the error's place in the source, or what was said without its values. */
function kindOf(said: string): string {
  const [first = '', ...lines] = said.split('\n');
  const place = lines
    .find((line) => line.trim().startsWith('at '))
    ?.trim()
    .replaceAll(/:\d+:\d+|file:\S*\//g, '');
  return place ? `${first.split(':', 1)[0]} ${place}` : first.split(':').slice(0, 2).join(':');
}

/** The text without what the failure does not need: blocks of lines go while it stays the same. */
function smaller(mutation: Mutation, kind: string): string {
  let lines = mutation.text.split('\n');
  let tries = 400;
  for (let size = Math.ceil(lines.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < lines.length && tries > 0; tries--) {
      const less = lines.toSpliced(at, size);
      const said = failure(mutation, less.join('\n'));
      if (said !== undefined && kindOf(said) === kind) lines = less;
      else at += size;
    }
  return lines.join('\n');
}
