import { foreignImages } from '../../../../dockerfile/images.ts';
import { expandWord } from '../../../../dockerfile/words.ts';
import { globalArguments } from '../arguments.ts';
import { readTarget } from '../contexts.ts';
import type { EngineContext } from './builder.ts';

/** The images that the target is made from, as far as its ARGs before the first FROM tell. */
export async function namedImages({ request }: Pick<EngineContext, 'request'>): Promise<readonly string[]> {
  const { dockerfile } = await readTarget(request);
  const globals = globalArguments(dockerfile, request.args);
  const contexts = request.contexts ?? {};
  const names = foreignImages(dockerfile, request.target, (word) =>
    expandWord(word, (name) => globals[name], dockerfile.escape),
  ).flatMap(({ value }) => {
    const named = contexts[value];
    return named === undefined ? [value] : (/^docker-image:\/\/(.+)$/.exec(named)?.[1] ?? []);
  });
  return [...new Set(names)];
}
