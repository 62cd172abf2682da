import { chmod, copyFile, lutimes, readlink, symlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { layerWriter } from '../layer-files.ts';
import { type Build, directories, type Folder, layerKey, type StageState } from '../state.ts';
import { type Archive, unpack } from './archives.ts';
import type { ModeChange } from './modes.ts';
import { fingerprint, mapBounded, type Selection, selectSources, type SourceEntry } from './sources.ts';
import { targetOf } from './target.ts';

/** What COPY says about where its files go and whose they are. */
export interface CopyPlan extends Selection {
  readonly destination: string;
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  /** As written, and what it does. */
  readonly mode?: { readonly text: string; readonly change: ModeChange } | undefined;
  readonly begin?: () => void;
}
export interface FolderPlan extends CopyPlan {
  readonly folder: Folder;
  /** Files that do not come from the folder: here-documents and downloads. */
  readonly others?: readonly SourceEntry[];
  /** To be unpacked at the destination. */
  readonly archives?: readonly Archive[];
}
export interface Copied {
  readonly key: string;
  readonly cached: boolean;
  /** Whether what was copied is the content of a directory. */
  readonly isDirectory: boolean;
}

/** Makes the layer of files of the host; a string says what is wrong with a source. */
export async function copyFolder(
  build: Build,
  state: StageState,
  { folder, others = [], archives = [], begin, ...plan }: FolderPlan,
): Promise<Copied | string> {
  const { store, netd } = build.launch;
  const selected = await selectSources(folder, plan);
  if (typeof selected === 'string') return selected;
  const entries = [...selected.entries, ...others];
  const below = directories(store, state);
  const needsDirectory =
    selected.needsDirectory || archives.length > 0 || entries.length + archives.length > 1;
  const target = await targetOf(below, state, plan.destination, needsDirectory);
  const prints = await mapBounded(entries, 16, fingerprint);
  const owner = netd.ids === 'range' ? plan.owner : undefined;
  const { change, text } = plan.mode ?? {};
  const extracted = archives.length > 0 ? [archives.map(({ digest }) => digest)] : [];
  const ids = plan.owner || archives.length > 0 ? netd.ids : undefined;
  const key = layerKey(build, 'copy', state, target, text, plan.owner, ids, prints, ...extracted);
  const { cached } = await store.ensureLayer(key, async (root) => {
    begin?.();
    await chmod(root, 0o755);
    const writer = layerWriter(netd, root, below);
    if (target.isDirectory) await writer.directory(target.path);
    for (const archive of archives)
      await unpack(netd, archive, await writer.place(posix.join(target.path, '.')));
    const files: string[] = [];
    for (const entry of entries) {
      const path = target.isDirectory ? posix.join(target.path, entry.path) : target.path;
      const mode = entry.stats.mode & 0o7777;
      if (entry.stats.isDirectory()) await writer.directory(path, change ? change(mode, true) : mode);
      else {
        await place(entry, await writer.place(path), change ? change(mode, false) : mode);
        files.push(path);
      }
    }
    await writer.finish(owner, files);
  });
  return { key, cached, isDirectory: selected.entries.some(({ path }) => path === '') };
}

async function place({ file, stats }: SourceEntry, target: string, mode: number): Promise<void> {
  if (stats.isSymbolicLink()) await symlink(await readlink(file), target);
  else {
    await copyFile(file, target);
    await chmod(target, mode);
  }
  await lutimes(target, stats.atime, stats.mtime);
}
