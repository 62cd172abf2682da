import { chmod, copyFile, lutimes, readlink, symlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { resolveUser } from '../launch/user.ts';
import { copyFrom } from './copy-from.ts';
import { layerWriter } from './layer-files.ts';
import { fingerprint, mapBounded, selectSources, type SourceEntry } from './sources.ts';
import {
  type Build,
  directories,
  flagsOf,
  type Handler,
  layerKey,
  refuse,
  type StageState,
  type Step,
  withLayer,
} from './state.ts';
import { targetOf } from './target.ts';

/** https://docs.docker.com/reference/dockerfile/#copy; ADD of plain local files is the same. */
export const copy: Handler = async (build, state, step) => {
  const { instruction } = step;
  const flags = flagsOf(instruction, ['chown', 'chmod', 'from', 'link']);
  if (instruction.heredocs.length > 0)
    refuse(
      instruction,
      `${instruction.keyword} of a here-document is not enacted`,
      'write the text to a file of the context',
    );
  const words = instruction.args.map(step.expand);
  const destination = words.at(-1) ?? '';
  const sources = words.slice(0, -1);
  if (sources.length === 0)
    refuse(
      instruction,
      `${instruction.keyword} needs a source and a destination`,
      'write COPY SOURCE DESTINATION',
    );
  const owner = await ownerOf(build, state, step, flags['chown']);
  if (flags['from'] !== undefined)
    return copyFrom(build, state, step, { from: step.expand(flags['from']), sources, destination, owner });
  if (instruction.keyword === 'ADD') refuseAddOnly(step, sources);

  const selected = await selectSources(build.request.context, build.ignore, sources);
  if (typeof selected === 'string')
    refuse(instruction, `${instruction.keyword}: ${selected}`, 'name files below the build context');
  const { store, netd } = build.launch;
  const below = directories(store, state);
  const mode = modeOf(step, flags['chmod']);
  const target = await targetOf(below, state, destination, selected.needsDirectory);
  const prints = await mapBounded(selected.entries, 16, fingerprint);
  const ids = owner ? netd.ids : undefined;
  const key = layerKey('copy', state, target, mode, owner, ids, prints);
  const { cached } = await store.ensureLayer(key, async (root) => {
    step.begin();
    await chmod(root, 0o755);
    const writer = layerWriter(netd, root, below);
    if (target.isDirectory) await writer.directory(target.path);
    const files: string[] = [];
    for (const entry of selected.entries) {
      const path = target.isDirectory ? posix.join(target.path, entry.path) : target.path;
      if (entry.stats.isDirectory()) await writer.directory(path, mode ?? entry.stats.mode & 0o7777);
      else {
        await place(entry, await writer.place(path), mode);
        files.push(path);
      }
    }
    await writer.finish(netd.ids === 'range' ? owner : undefined, files);
  });
  return { state: withLayer(state, key), cached };
};

async function place({ file, stats }: SourceEntry, target: string, mode: number | undefined): Promise<void> {
  if (stats.isSymbolicLink()) await symlink(await readlink(file), target);
  else {
    await copyFile(file, target);
    await chmod(target, mode ?? stats.mode & 0o7777);
  }
  await lutimes(target, stats.atime, stats.mtime);
}

/** A user without a group has the group of the same number: https://docs.docker.com/reference/dockerfile/#copy---chown---chmod */
async function ownerOf(build: Build, state: StageState, step: Step, chown: string | undefined) {
  if (chown === undefined) return undefined;
  const text = step.expand(chown);
  const user = await resolveUser(directories(build.launch.store, state), text).catch((error: Error) =>
    refuse(step.instruction, `--chown=${text}: ${error.message}`, 'name a user of the image, or numbers'),
  );
  if (build.launch.netd.ids === 'single')
    build.progress('--chown: one user id exists on this machine, it owns all files');
  return { uid: user.uid, gid: text.includes(':') ? user.gid : user.uid };
}

function modeOf({ instruction, expand }: Step, chmod: string | undefined): number | undefined {
  if (chmod === undefined) return undefined;
  const text = expand(chmod);
  if (!/^[0-7]{3,4}$/.test(text))
    refuse(instruction, `--chmod=${text} is not enacted`, 'write an octal mode: --chmod=755');
  return Number.parseInt(text, 8);
}

function refuseAddOnly({ instruction }: Step, sources: readonly string[]): void {
  for (const source of sources) {
    if (/^[a-z][a-z0-9+.-]*:\/\/|^git@/i.test(source))
      refuse(
        instruction,
        `ADD of ${source} is not enacted`,
        'fetch it in a RUN step, or put the file into the context',
      );
    if (/\.(tar|tgz|tbz2|txz|tar\.(gz|bz2|xz|zst))$/i.test(source))
      refuse(
        instruction,
        `ADD would unpack ${source}, which is not enacted`,
        'COPY it, and unpack it in a RUN step',
      );
  }
}
