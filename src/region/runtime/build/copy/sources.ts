import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { type IgnoreRules, parseIgnoreRules } from '../ignore.ts';
import { globExpression, isGlob } from '../pattern.ts';
import type { Folder } from '../state.ts';

/** One file of the context that COPY takes. */
export interface SourceEntry {
  /** Relative to where the source's content goes; empty for a copied directory itself. */
  readonly path: string;
  readonly file: string;
  readonly stats: Stats;
}
export interface Sources {
  readonly entries: readonly SourceEntry[];
  /** Whether the destination must be a directory. */
  readonly needsDirectory: boolean;
}

/** What COPY's flags say about the choice of files. */
export interface Selection {
  readonly sources: readonly string[];
  /** `--parents`: the directories above a source come along; `/./` in it says from where on. */
  readonly parents: boolean;
  /** `--exclude` */
  readonly exclude: readonly string[];
}

/** The files that COPY's sources name; a string says what is wrong with one of them. */
export async function selectSources(
  { path: context, ignore }: Folder,
  { sources, parents, exclude }: Selection,
): Promise<Sources | string> {
  const entries: SourceEntry[] = [];
  const root = await realpath(context);
  const excluded = parseIgnoreRules(exclude.join('\n'), '--exclude');
  let needsDirectory = parents || sources.length > 1;
  for (const source of sources) {
    // Sources cannot leave the context: https://docs.docker.com/reference/dockerfile/#copy
    const clean = posix.join('/', source).slice(1);
    const matches = isGlob(clean) ? await expandGlob(context, ignore, clean, parents) : [clean];
    const pivot = parents ? depth(source.split('/./')[1] === undefined ? '' : source.split('/./')[0]) : 0;
    let found = 0;
    for (const match of matches) {
      const file = join(context, match);
      const stats = await lstat(file).catch(() => undefined);
      if (!stats) continue;
      if (match !== '' && !(await liesBelow(root, dirname(file))))
        return `"${source}" is reached by a link that leads out of the build context`;
      const ignored = match !== '' && ignore.ignores(match);
      const inner = match.split('/').slice(pivot).join('/');
      const prefix = parents ? inner : '';
      // A pattern may name a file as it lies in the context, in the copied directory, or at its destination.
      const kept = ({ path }: SourceEntry) =>
        !excluded.ignores(
          path,
          parents ? posix.join(match, posix.relative(prefix, path)) : posix.join(match, path),
          posix.relative(prefix, path),
        );
      const own: SourceEntry[] = [];
      if (stats.isDirectory()) {
        needsDirectory = true;
        const content = (await walk(context, ignore, match, prefix)).filter(kept);
        if (ignored && content.length === 0) continue;
        own.push({ path: prefix, file, stats }, ...content);
      } else {
        const entry = { path: parents ? inner : posix.basename(match), file, stats };
        if (ignored) continue;
        if (!excluded.ignores(entry.path, match, posix.basename(match))) own.push(entry);
      }
      if (parents && own.length > 0) entries.push(...(await directoriesAbove(context, match, inner)));
      entries.push(...own);
      found++;
    }
    if (found > 1) needsDirectory = true;
    if (found === 0)
      return matches.some((match) => ignore.ignores(match))
        ? `"${source}" is left out by .dockerignore`
        : `"${source}" is not in the build context ${context}`;
  }
  const special = entries.find(
    ({ stats }) => !stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink(),
  );
  if (special) return `"${special.file}" is no file, directory or link`;
  const unique = [...new Map(entries.map((entry) => [entry.path, entry])).values()];
  return { entries: parents ? unique : entries, needsDirectory };
}

const depth = (path = '') => path.split('/').filter((part) => part !== '' && part !== '.').length;

/** The directories of the context between the pivot and a match, outermost first. */
async function directoriesAbove(
  context: string,
  match: string,
  inner: string,
): Promise<readonly SourceEntry[]> {
  const parts = inner.split('/').slice(0, -1);
  const above = match.slice(0, match.length - inner.length);
  return Promise.all(
    parts.map(async (_, index) => {
      const path = parts.slice(0, index + 1).join('/');
      const file = join(context, above, path);
      return { path, file, stats: await stat(file) };
    }),
  );
}

async function liesBelow(root: string, directory: string): Promise<boolean> {
  return `${await realpath(directory)}/`.startsWith(`${root}/`);
}

/** `**` stands for any number of directories where `deep` (--parents) allows it: https://docs.docker.com/reference/dockerfile/#copy---parents */
async function expandGlob(
  context: string,
  ignore: IgnoreRules,
  pattern: string,
  deep: boolean,
): Promise<readonly string[]> {
  let paths = [''];
  for (const part of pattern.split('/')) {
    const expression = isGlob(part) ? globExpression(part) : undefined;
    const next = await Promise.all(
      paths.map(async (base) => {
        if (deep && part === '**') return [base, ...(await directoriesBelow(context, base))];
        if (!expression) return [posix.join(base, part)];
        const names = await readdir(join(context, base)).catch(() => []);
        return names.filter((name) => expression.test(name)).map((name) => posix.join(base, name));
      }),
    );
    paths = next.flat();
  }
  return [...new Set(paths)].filter((path) => !ignore.ignores(path)).sort();
}

async function directoriesBelow(context: string, directory: string): Promise<readonly string[]> {
  const entries = await readdir(join(context, directory), { withFileTypes: true }).catch(() => []);
  const inner = entries.filter((entry) => entry.isDirectory()).map(({ name }) => posix.join(directory, name));
  const deeper = await Promise.all(inner.map((path) => directoriesBelow(context, path)));
  return [...inner, ...deeper.flat()];
}

async function walk(
  context: string,
  ignore: IgnoreRules,
  directory: string,
  prefix: string,
): Promise<readonly SourceEntry[]> {
  const entries: SourceEntry[] = [];
  for (const name of (await readdir(join(context, directory))).sort()) {
    const path = posix.join(directory, name);
    const ignored = ignore.ignores(path);
    if (ignored && ignore.prunes) continue;
    const file = join(context, path);
    const stats = await lstat(file);
    const inner = posix.join(prefix, name);
    if (stats.isDirectory()) {
      const content = await walk(context, ignore, path, inner);
      if (!ignored || content.length > 0) entries.push({ path: inner, file, stats }, ...content);
    } else if (!ignored) entries.push({ path: inner, file, stats });
  }
  return entries;
}

/** What of a file decides whether a layer can be used again; times do not. */
export async function fingerprint({ path, file, stats }: SourceEntry): Promise<readonly unknown[]> {
  const mode = stats.mode & 0o7777;
  if (stats.isDirectory()) return [path, 'directory', mode];
  if (stats.isSymbolicLink()) return [path, 'link', await readlink(file)];
  return [path, 'file', mode, await hashFile(file, stats.size)];
}

async function hashFile(file: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  if (size < 1 << 20) return hash.update(await readFile(file)).digest('hex');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Maps with a bounded number at once, in order. */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
