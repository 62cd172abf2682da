import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Watching {
  /** Resolves when everything below the roots is seen. */
  readonly ready: Promise<void>;
  close(): void;
}

/**
 * Tells of edits below the roots (folders or files), the paths of one burst together. Folders for which `skips` is true are not
 * looked into: a node_modules of 40,000 files costs nothing.
 */
export function watchPaths(
  roots: readonly string[],
  skips: (directory: string) => boolean,
  onChange: (paths: readonly string[]) => void,
  settleMilliseconds = 40,
): Watching {
  const watchers = new Map<string, FSWatcher>();
  let burst = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function tell(path: string): void {
    burst.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const paths = [...burst];
      burst = new Set();
      if (!closed) onChange(paths);
    }, settleMilliseconds);
  }

  /** @param news whether files that are found are edits: those of a folder that has just appeared */
  async function follow(directory: string, news: boolean, only?: string): Promise<void> {
    if (closed || watchers.has(directory)) return;
    try {
      const watcher = watch(directory, { persistent: true }, (_event, name) => {
        if (name === null) return;
        const path = join(directory, name);
        if (only !== undefined && path !== only) return;
        tell(path);
        if (only === undefined) void enter(path, true);
      });
      watcher.on('error', () => leave(directory));
      watchers.set(directory, watcher);
    } catch {
      // Gone between being seen and being watched.
      return;
    }
    if (only !== undefined) return;
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    await Promise.all(
      entries.map(async (entry) => {
        const path = join(directory, entry.name);
        if (entry.isDirectory()) await enter(path, news);
        else if (news) tell(path);
      }),
    );
  }
  async function enter(path: string, news: boolean): Promise<void> {
    const stats = await stat(path).catch(() => undefined);
    if (!stats) return leave(path);
    if (stats.isDirectory() && !skips(path)) await follow(path, news);
  }
  function leave(directory: string): void {
    for (const [path, watcher] of watchers)
      if (path === directory || path.startsWith(`${directory}/`)) {
        watcher.close();
        watchers.delete(path);
      }
  }

  const ready = Promise.all(
    roots.map(async (root) => {
      const stats = await stat(root).catch(() => undefined);
      // Editors replace a file by another: only its folder sees that.
      if (stats?.isDirectory()) await follow(root, false);
      else await follow(dirname(root), false, root);
    }),
  ).then(() => undefined);
  return {
    ready,
    close() {
      closed = true;
      clearTimeout(timer);
      leave('');
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}
