import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lookUp } from '../images/view.ts';
import type { ContainerSpec } from '../runtime.ts';
import type { LaunchContext } from './context.ts';
import { bind, formatFstab, kernelMounts, type MountEntry } from './fstab.ts';
import { prepareMounts } from './mounts.ts';
import { overlayOptions } from './overlay.ts';
import type { Volumes } from './volumes.ts';

/** The arguments of the start script up to the program, and where that is to run. */
export interface PreparedContainer {
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
}

export interface RootOptions {
  readonly spec: ContainerSpec;
  /** Where what the container writes goes; default: its own folder. */
  readonly upper?: string;
  /** Mounted besides: files of the host that a build step needs. */
  readonly extra?: readonly MountEntry[];
}

export async function prepareContainer(
  context: LaunchContext,
  volumes: Volumes,
  directory: string,
  { spec, upper, extra = [] }: RootOptions,
): Promise<PreparedContainer> {
  const { image } = spec;
  const [tools] = await Promise.all([context.tools(), makeFolders(directory)]);
  const root = join(directory, 'root');
  const find = async (path: string) => (await lookUp(image.layers, path)).path;
  const workingDirectory = await find(spec.workingDirectory ?? image.config.workingDirectory ?? '/');
  const own = await writeOwnFiles(directory, spec);
  const ownEntries = await Promise.all(
    own.map(async ([path, source]) => bind(source, await find(path), 'bind')),
  );
  const mounts = await prepareMounts(spec.mounts, image, volumes);
  const entries = [...kernelMounts(root, present), ...ownEntries, ...extra, ...mounts.entries];
  await writeFile(join(directory, 'fstab'), formatFstab(root, entries));

  const inMount = mounts.entries.some(({ target }) => `${workingDirectory}/`.startsWith(`${target}/`));
  const files = [...ownEntries, ...extra].map(({ target }) => target).concat(mounts.files);
  const directories = new Set([
    '/proc',
    '/sys',
    '/dev',
    inMount ? '/' : workingDirectory,
    ...files.map(dirname),
    ...mounts.directories,
  ]);
  return {
    workingDirectory,
    arguments: [
      directory,
      context.store.layersDirectory,
      overlayOptions([...image.layers, tools.layer], {
        directory: upper ?? join(directory, 'upper'),
        work: join(directory, 'work'),
      }),
      tools.devices,
      spec.hostname,
      spec.readonlyRoot ? 'yes' : 'no',
      String(spec.openFiles?.soft ?? OPEN_FILES),
      String(spec.openFiles?.hard ?? OPEN_FILES),
      spec.input ?? 'empty',
      ...Object.entries(spec.kernelParameters ?? {}).flatMap(([name, value]) => [
        name.replaceAll('.', '/'),
        value,
      ]),
      '--',
      ...directories,
      '--',
      ...files,
      '--',
    ],
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html */
const OPEN_FILES = 65_535;

async function makeFolders(directory: string): Promise<void> {
  for (const name of ['root', 'upper', 'work']) await mkdir(join(directory, name), { recursive: true });
}

async function writeOwnFiles(
  directory: string,
  spec: ContainerSpec,
): Promise<readonly (readonly [string, string])[]> {
  const hosts = [
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    ...Object.entries(spec.hosts).map(([name, address]) => `${address}\t${name}`),
  ];
  const resolver = [
    ...spec.nameServers.map((server) => `nameserver ${server}`),
    ...(spec.searchDomains.length > 0 ? [`search ${spec.searchDomains.join(' ')}`] : []),
  ];
  const files = { hosts, hostname: [spec.hostname], 'resolv.conf': resolver };
  return Promise.all(
    Object.entries(files).map(async ([name, lines]) => {
      const path = join(directory, name);
      await writeFile(path, `${lines.join('\n')}\n`);
      return [`/etc/${name}`, path] as const;
    }),
  );
}

const known = new Map<string, boolean>();

/** Whether this kernel has the file; asked once. */
function present(path: string): boolean {
  const answer = known.get(path) ?? existsSync(path);
  known.set(path, answer);
  return answer;
}
