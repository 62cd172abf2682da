import { resolveUser } from '../../launch/user.ts';
import {
  type Build,
  directories,
  flagsOf,
  flagValues,
  type Handler,
  refuse,
  type StageState,
  type Step,
  withLayer,
} from '../state.ts';
import { type Archive, readArchive } from './archives.ts';
import { copyFolder, type CopyPlan } from './copy-folder.ts';
import { copyLayers } from './copy-from.ts';
import { download, isUrl } from './download.ts';
import { parseMode } from './modes.ts';
import { selectSources, type SourceEntry } from './sources.ts';
import { scratchFiles, writeHeredocs } from './texts.ts';

const common = ['chown', 'chmod', 'link', 'parents', 'exclude'];
const flagsOfKeyword: Readonly<Record<string, readonly string[]>> = {
  COPY: [...common, 'from'],
  ADD: [...common, 'checksum', 'unpack'],
};

/** https://docs.docker.com/reference/dockerfile/#copy and #add */
export const copy: Handler = async (build, state, step) => {
  const { instruction } = step;
  const { keyword } = instruction;
  const flags = flagsOf(instruction, flagsOfKeyword[keyword] ?? []);
  const words = instruction.args.map(step.expand);
  const destination = words.at(-1) ?? '';
  const sources = words.slice(0, -1);
  if (sources.length === 0)
    refuse(instruction, `${keyword} needs a source and a destination`, `write ${keyword} SOURCE DESTINATION`);
  const plan: CopyPlan = {
    sources,
    destination,
    parents: flags['parents'] === 'true',
    exclude: flagValues(instruction, 'exclude').map(step.expand),
    owner: await ownerOf(build, state, step, flags['chown']),
    mode: modeOf(step, flags['chmod']),
    begin: step.begin,
  };
  const copied =
    flags['from'] === undefined
      ? await copyHere(build, state, step, plan)
      : await copyFromSource(build, state, step.expand(flags['from']), plan);
  if (typeof copied === 'string')
    return refuse(
      instruction,
      `${keyword}${flags['from'] === undefined ? '' : ` --from=${flags['from']}`}: ${copied}`,
      flags['from'] === undefined ? 'name files below the build context' : 'name a file that the stage has',
    );
  return { state: withLayer(state, copied.key), cached: copied.cached };
};

async function copyFromSource(build: Build, state: StageState, from: string, plan: CopyPlan) {
  const source = await build.source(from);
  return source.kind === 'folder'
    ? copyFolder(build, state, { ...plan, folder: source })
    : copyLayers(build, state, { ...plan, layers: source.layers });
}

/** Out of the build context, with what here-documents hold and, for ADD, what lies behind addresses and in archives. */
async function copyHere(build: Build, state: StageState, step: Step, plan: CopyPlan) {
  const { instruction } = step;
  const adds = instruction.keyword === 'ADD';
  const documents = instruction.heredocs.length;
  const texts = plan.sources.filter((source) => source.startsWith('<<')).slice(0, documents);
  const urls = adds ? plan.sources.filter((source) => isUrl(source)) : [];
  if (adds) refuseGit(step, plan.sources);
  const local = plan.sources.filter((source) => !texts.includes(source) && !urls.includes(source));
  const scratch = scratchFiles(build);
  try {
    const others: SourceEntry[] = await writeHeredocs(scratch, step);
    for (const url of urls) others.push(await download(build, step, scratch, url));
    const plain: string[] = [];
    const archives: Archive[] = [];
    const unpacks = flagsOf(instruction, flagsOfKeyword[instruction.keyword] ?? [])['unpack'] !== 'false';
    for (const source of local) {
      const found = adds && unpacks ? await archivesOf(build, { ...plan, sources: [source] }) : undefined;
      if (found) archives.push(...found);
      else plain.push(source);
    }
    return await copyFolder(build, state, {
      ...plan,
      sources: plain,
      folder: build.folder,
      others,
      archives,
    });
  } finally {
    await scratch.remove();
  }
}

/** The archives that a source of ADD names; undefined where it names anything else as well. */
async function archivesOf(build: Build, plan: CopyPlan): Promise<readonly Archive[] | undefined> {
  const selected = await selectSources(build.folder, plan);
  if (typeof selected === 'string') return undefined;
  const archives: Archive[] = [];
  for (const { file, stats } of selected.entries) {
    const archive = stats.isFile() ? await readArchive(build.launch.netd, file) : undefined;
    if (!archive) return undefined;
    archives.push(archive);
  }
  return archives;
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

function modeOf({ instruction, expand }: Step, chmod: string | undefined): CopyPlan['mode'] {
  if (chmod === undefined) return undefined;
  const text = expand(chmod);
  const change = parseMode(text);
  return change
    ? { text, change }
    : refuse(
        instruction,
        `--chmod=${text} is no mode`,
        'write an octal mode, --chmod=755, or --chmod=u=rwX,go=rX',
      );
}

function refuseGit({ instruction }: Step, sources: readonly string[]): void {
  for (const source of sources)
    if (/^git@|^(git|ssh):\/\/|^https?:\/\/[^?#]+\.git(#|$)/.test(source))
      refuse(
        instruction,
        `ADD of the repository ${source} is not enacted`,
        'clone it before the build and give it as a context: `additional_contexts`, then COPY --from=NAME',
      );
}
