import { isAbsolute, join } from 'node:path';
import type { BuildRequest } from '../../runtime.ts';

/** Where the files of a request lie for the engine, which may see them at other places than this machine. */
export interface Places {
  readonly context: string;
  readonly dockerfile: string;
  /** Whether the engine itself pulls what it builds on. */
  readonly registries: boolean;
  /** Of a secret's file, by id. */
  secret(id: string): string;
  /** Of an additional context that is a folder. */
  folder(name: string, path: string): string;
}

/** The arguments that docker, podman and buildah share: https://docs.docker.com/reference/cli/docker/buildx/build/ */
export function buildWords(request: BuildRequest, places: Places): readonly string[] {
  const { args, secrets = {}, contexts = {}, target, noCache, pull } = request;
  return [
    '--file',
    places.dockerfile,
    ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...Object.keys(secrets).flatMap((id) => ['--secret', `id=${id},src=${places.secret(id)}`]),
    ...Object.entries(contexts).flatMap(([name, value]) => [
      '--build-context',
      `${name}=${isAbsolute(value) ? places.folder(name, value) : value}`,
    ]),
    ...(target === undefined ? [] : ['--target', target]),
    ...(noCache === true ? ['--no-cache'] : []),
    ...(pull === true && places.registries ? ['--pull'] : []),
  ];
}

export const dockerfileOf = ({ context, dockerfile }: BuildRequest): string => join(context, dockerfile);
