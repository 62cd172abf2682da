import { posix } from 'node:path';
import type { GrantedFile, Service } from '../../compose/app.ts';
import type { Position, Problem } from '../../common/problem.ts';
import { hasShell } from '../known-images.ts';
import { writerArguments, type WriterStep } from './file-writer.ts';
import type { MountPoint, StorageContext } from './storage.ts';
import { valueFrom } from './secrets.ts';

/** A file that is to be in a container when its program starts. */
export interface DeliveredFile {
  /** Absolute. */
  readonly path: string;
  /** The folder that it came with, as a whole: what the image has there is hidden, as by a bind mount. */
  readonly folder?: string;
  readonly content:
    | { readonly kind: 'text' | 'base64'; readonly value: string }
    | { readonly kind: 'secret'; readonly valueFrom: unknown };
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly readonly: boolean;
  readonly position: Position;
}

/** The container that writes files before the program starts, and the folders that it fills. */
export interface Delivery {
  /** In the container of the service. */
  readonly mounts: readonly MountPoint[];
  /** In the writing container. */
  readonly writerMounts: readonly MountPoint[];
  readonly command: readonly string[];
  readonly environment: readonly { Name: string; Value: string }[];
  readonly secrets: readonly { Name: string; ValueFrom: unknown }[];
}

/** A task definition has 64 KiB: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html (task definition size) */
export const MOST_BYTES = 40 * 1024;

/** What CloudFormation and YAML leave as it is; anything else travels in base64. */
const isPlain = (text: string): boolean =>
  /^[\t\n\u0020-\u007e]*$/.test(text) && !text.includes('{{resolve:');

export const contentOf = (text: string | undefined, base64: string | undefined): DeliveredFile['content'] =>
  text !== undefined && isPlain(text)
    ? { kind: 'text', value: text }
    : { kind: 'base64', value: base64 ?? Buffer.from(text ?? '', 'utf8').toString('base64') };

/** Configs and secrets. */
export function grantedFiles(context: StorageContext, service: Service): DeliveredFile[] {
  return service.files.flatMap((granted) =>
    granted.kind === 'secret' ? secretFiles(context, granted) : configFile(context, service, granted),
  );
}

const common = ({ mode, uid, gid, position }: GrantedFile) => ({
  // https://docs.docker.com/reference/compose-file/services/#configs: readable by everybody, where nothing is said
  mode: mode ?? 0o444,
  ...(uid === undefined ? {} : { uid }),
  ...(gid === undefined ? {} : { gid }),
  readonly: true,
  position,
});

function secretFiles({ secrets }: StorageContext, granted: GrantedFile): DeliveredFile[] {
  const secret = secrets.find(({ name }) => name === granted.source);
  if (!secret) return [];
  const keys: readonly (string | undefined)[] = secret.keys ?? [undefined];
  return keys.map((key) => ({
    path: key === undefined ? granted.target : posix.join(granted.target, key),
    content: { kind: 'secret', valueFrom: valueFrom(secret, key) },
    ...common(granted),
  }));
}

function configFile(
  { app, options, locate, problem }: StorageContext,
  { name }: Service,
  granted: GrantedFile,
): DeliveredFile[] {
  const config = app.configs.find((candidate) => candidate.name === granted.source);
  if (!config) return [];
  const { from } = config;
  const wrong = (message: string, fix: string): [] => {
    problem({ code: 'config-content', message, position: config.position, fix });
    return [];
  };
  const file = (content: DeliveredFile['content']): DeliveredFile[] => [
    { path: granted.target, content, ...common(granted) },
  ];
  switch (from.kind) {
    case 'content':
      return file(contentOf(from.content, undefined));
    case 'environment':
      return from.value === undefined
        ? wrong(
            `the config ${config.name} of ${name} is the variable ${from.variable}, which is not set`,
            `set it: ${from.variable}=… fairway …`,
          )
        : file(contentOf(from.value, undefined));
    case 'external':
      return wrong(
        `the config ${config.name} of ${name} is external, and there are no configs on AWS to find it among`,
        'write its file: or content:',
      );
    default: {
      const read = options.readPath?.(locate(from.path));
      return read?.kind === 'file'
        ? file(contentOf(read.file.text, read.file.base64))
        : wrong(
            `the config ${config.name} of ${name} cannot be read from ${from.path}`,
            'write the path of a file, from the folder of the compose file on',
          );
    }
  }
}

/**
 * How files come to their places: a container of the same image runs before the program, copies what the image has in the folder to a
 * volume, and writes the files there. Nothing on Fargate puts a single file into a container.
 */
export function mountFiles(
  context: StorageContext,
  service: Service,
  files: readonly DeliveredFile[],
  existing: readonly MountPoint[],
): Delivery | undefined {
  if (files.length === 0) return undefined;
  const problems = [
    ...placeProblems(service, files),
    ...shellProblems(service, files),
    ...tooLarge(service, files),
  ];
  problems.forEach(context.problem);
  if (problems.length > 0) return undefined;

  const folders = new Map<string, { mount: string; volume: string; readonly: boolean }>();
  const mounts: MountPoint[] = [];
  const steps: WriterStep[] = [];
  const wholes = new Set(files.flatMap(({ folder }) => folder ?? []));
  const enter = (path: string, volume: string, readonly: boolean) => {
    const found = folders.get(path) ?? { mount: `/fairway/${folders.size + 1}`, volume, readonly };
    folders.set(path, found);
    return found;
  };
  const folderFor = (file: DeliveredFile): { path: string; mount: string } => {
    const parent = file.folder ?? posix.dirname(file.path);
    const whole = [...wholes].filter((path) => isWithin(parent, path)).sort(longest)[0];
    const mounted = existing
      .filter(({ path }) => isWithin(parent, path))
      .sort((a, b) => longest(a.path, b.path))[0];
    if (mounted && (whole === undefined || mounted.path.length >= whole.length))
      return { path: mounted.path, mount: enter(mounted.path, mounted.volume, true).mount };
    const path = whole ?? parent;
    const known = folders.get(path);
    if (known) return { path, mount: known.mount };
    const volume = context.newId('files');
    context.volume({ kind: 'scratch', id: volume });
    const readonly = files
      .filter((one) => (one.folder ?? posix.dirname(one.path)) === path)
      .every((one) => one.readonly);
    mounts.push({ volume, path, readonly: readonly && (whole !== undefined || path === '/run/secrets') });
    const { mount } = enter(path, volume, readonly);
    if (whole === undefined) steps.push({ kind: 'keep', folder: path, mount });
    return { path, mount };
  };
  const written = files.map((file) => {
    const { path, mount } = folderFor(file);
    return { file, path: posix.join(mount, posix.relative(path, file.path)) };
  });
  const environment: { Name: string; Value: string }[] = [];
  const secrets: { Name: string; ValueFrom: unknown }[] = [];
  for (const [index, { file, path }] of written.entries()) {
    const { content, mode, uid, gid } = file;
    const variable = `FILE_${index + 1}`;
    if (content.kind === 'secret') secrets.push({ Name: variable, ValueFrom: content.valueFrom });
    else environment.push({ Name: variable, Value: content.value });
    steps.push({
      kind: content.kind === 'base64' ? 'base64' : 'text',
      variable,
      path,
      mode,
      ...(uid === undefined && gid === undefined ? {} : { owner: `${uid ?? 0}:${gid ?? 0}` }),
    });
  }
  return {
    mounts,
    writerMounts: [...folders.values()].map(({ volume, mount }) => ({
      volume,
      path: mount,
      readonly: false,
    })),
    command: writerArguments(steps),
    environment,
    secrets,
  };
}

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
const longest = (a: string, b: string): number => b.length - a.length;

/** A volume cannot be mounted at the root. */
const placeProblems = ({ name }: Service, files: readonly DeliveredFile[]): Problem[] =>
  files
    .filter(({ path, folder }) => (folder ?? posix.dirname(path)) === '/')
    .map(({ path, position }) => ({
      code: 'file-at-root',
      message: `${path} of ${name} stands directly below /, where no volume can be mounted`,
      position,
      fix: `write a target in a folder: target: /etc/${name}${path}`,
    }));

function shellProblems({ name, image, build }: Service, [file]: readonly DeliveredFile[]): Problem[] {
  const reference = image?.value ?? build?.baseImage;
  if (hasShell(build ? build.baseImage : reference)) return [];
  return [
    {
      code: 'image-without-shell',
      message: `${reference ?? name} has no shell, and ${file!.path} of ${name} is written by one before the program starts`,
      position: file!.position,
      fix: 'COPY the file in a Dockerfile; a secret can come as a variable of the environment instead',
    },
  ];
}

function tooLarge({ name }: Service, files: readonly DeliveredFile[]): Problem[] {
  const bytes = files.reduce(
    (sum, { content }) => sum + (content.kind === 'secret' ? 0 : content.value.length),
    0,
  );
  return bytes <= MOST_BYTES
    ? []
    : [
        {
          code: 'files-too-large',
          message: `the files of ${name} have ${bytes} bytes, and a task definition takes ${MOST_BYTES} of them`,
          position: files[0]!.position,
          fix: 'COPY them in a Dockerfile, or put them onto a volume with x-aws: {state: efs}',
        },
      ];
}
