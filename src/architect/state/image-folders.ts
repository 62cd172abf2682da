import { posix } from 'node:path';
import type { Build } from '../../compose/app.ts';
import { stageChain } from '../../dockerfile/expose.ts';
import type { Dockerfile } from '../../dockerfile/model.ts';
import { parseDockerfile } from '../../dockerfile/parse.ts';
import type { StorageContext } from './storage.ts';

export interface ImageFolders {
  /** Folders that COPY or ADD fill with folders. */
  readonly copies: readonly string[];
  /** Files that they fill with a file. */
  readonly files: readonly string[];
  readonly workingDirectory: string;
}

/** What a Dockerfile tells of the folders of its image; undefined where it cannot be read. */
export function imageFolders(
  build: Build,
  context: Pick<StorageContext, 'locate' | 'options'>,
): ImageFolders | undefined {
  const dockerfile = dockerfileOf(build, context);
  return dockerfile && foldersOf(dockerfile, build.target);
}

function dockerfileOf(
  build: Build,
  { locate, options }: Pick<StorageContext, 'locate' | 'options'>,
): Dockerfile | undefined {
  const path = locate(posix.join(build.context, build.dockerfile));
  const read = build.inline === undefined ? options.readPath?.(path) : undefined;
  const text = build.inline ?? (read?.kind === 'file' ? read.file.text : undefined);
  return text === undefined ? undefined : parseDockerfile(text, path);
}

function foldersOf(dockerfile: Dockerfile, target: string | undefined): ImageFolders {
  let folder = '/';
  const copies: string[] = [];
  const files: string[] = [];
  for (const { keyword, args } of stageChain(dockerfile, target).stages.flatMap(
    ({ instructions }) => instructions,
  )) {
    if (keyword === 'WORKDIR') folder = posix.resolve(folder, plain(args[0] ?? '.'));
    if (keyword !== 'COPY' && keyword !== 'ADD') continue;
    const to = args.at(-1);
    if (to === undefined || to.includes('$')) continue;
    const path = posix.resolve(folder, plain(to));
    const sources = args.slice(0, -1);
    if (sources.some(isFolder)) copies.push(path);
    else if (sources.length > 1 || /(^\.{0,2}|\/)$/.test(plain(to)))
      files.push(...sources.map((source) => posix.join(path, posix.basename(plain(source)))));
    // One file to a name that may be a folder's: it is there, at one of the two.
    else files.push(path, posix.join(path, posix.basename(plain(sources[0] ?? ''))));
  }
  return { copies, files, workingDirectory: folder };
}

/** The last stage of its Dockerfile in whose image a folder is, where the stage that is built does not have it. */
export function stageWith(
  build: Build,
  context: Pick<StorageContext, 'locate' | 'options'>,
  folder: string,
): string | undefined {
  const dockerfile = dockerfileOf(build, context);
  return dockerfile?.stages
    .flatMap(({ as }) => as ?? [])
    .findLast((name) => foldersOf(dockerfile, name).copies.some((copied) => isIn(folder, copied)));
}

/** A source that is written like a folder, not like a file: `.`, `./src`, `dist/`. */
function isFolder(source: string): boolean {
  const name = posix.basename(plain(source));
  return /^\.{0,2}$/.test(name) || name === '*' || !/\.[A-Za-z0-9*]+$/.test(name);
}

const plain = (word: string): string => word.replaceAll(/^["']|["']$/g, '');

export const isIn = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
