import { posix } from 'node:path';
import type { BindMount, Service } from '../../compose/app.ts';
import { imageFolders, isIn, stageWith } from './image-folders.ts';
import { contentOf, type DeliveredFile, MOST_BYTES } from './files.ts';
import type { MountPoint, StorageContext } from './storage.ts';

export interface BindResult {
  readonly mount?: MountPoint;
  readonly files: readonly DeliveredFile[];
  /** The image has it. */
  readonly dropped: boolean;
}

const NOTHING: BindResult = { files: [], dropped: false };
const DROPPED: BindResult = { files: [], dropped: true };

/** What a bind mount becomes on AWS. */
export type BindFate =
  | { readonly kind: 'dropped'; readonly because: string }
  | { readonly kind: 'delivered'; readonly files: readonly DeliveredFile[] }
  /** What only this machine has. */
  | { readonly kind: 'machine' }
  | {
      readonly kind: 'wrong';
      readonly message: string;
      readonly fix: string;
      /** What the compose file could say instead: data in a volume, or an image that has the files. */
      readonly instead: 'volume' | 'copy';
    };

type BindContext = Pick<StorageContext, 'locate' | 'options'>;

/** On this machine, what is there; for AWS, what can be delivered, and words for what cannot. */
export function bindMount(context: StorageContext, service: Service, mount: BindMount): BindResult {
  const { source, target, readonly, position } = mount;
  if (context.target === 'local') {
    const id = context.newId('bind');
    context.volume({ kind: 'bind', id, source, readonly });
    return { ...NOTHING, mount: { volume: id, path: target, readonly } };
  }
  const fate = bindFate(context, service, mount);
  switch (fate.kind) {
    case 'delivered':
      return { ...NOTHING, files: fate.files };
    case 'dropped':
      context.notice({
        code: 'bind-dropped',
        message: `${target} of ${service.name} is not mounted on AWS: ${fate.because}`,
        position,
      });
      return DROPPED;
    case 'machine':
      return NOTHING;
    case 'wrong':
      context.problem({ code: 'bind-mount', message: fate.message, position, fix: fate.fix });
      return NOTHING;
  }
}

/** All that a service wants to see of its machine, said once. */
export function machineMounts(context: StorageContext, service: Service): void {
  if (context.target === 'local') return;
  const mounts = service.mounts.filter(
    (mount): mount is BindMount =>
      mount.kind === 'bind' && bindFate(context, service, mount).kind === 'machine',
  );
  const [first] = mounts;
  if (!first) return;
  context.problem({
    code: 'bind-mount',
    message: `${service.name} mounts ${mounts.map(({ source }) => source).join(' and ')} of this machine: on Fargate there is no machine to look into`,
    position: first.position,
    fix: `take ${mounts.length > 1 ? 'these mounts' : 'the mount'} away, or the service, where it only watches its machine`,
  });
}

/** Folders of a system: what is in them belongs to one machine. */
const SYSTEM = /^\/($|(proc|sys|dev|run|var\/run|var\/lib\/docker|boot|lib|usr|etc)(\/|$))/;
/** Among them, those that are never a place for data. */
const NO_DATA =
  /^\/($|(proc|sys|dev|run|var\/run|var\/lib\/docker|boot|lib|usr\/(s?bin|lib|src|include))(\/|$)|(usr|etc)$)/;

export function bindFate(context: BindContext, service: Service, mount: BindMount): BindFate {
  const { source, target, position } = mount;
  const { name } = service;
  const wrong = (message: string, fix: string, instead: 'volume' | 'copy'): BindFate => ({
    kind: 'wrong',
    message,
    fix,
    instead,
  });
  if (/^\/etc\/(localtime|timezone)$/.test(source))
    return {
      kind: 'dropped',
      because: 'the clock of Fargate is UTC; write the variable TZ for another zone',
    };
  const found = context.options.readPath?.(source);
  const place = relative(context, source);
  if (place === source && SYSTEM.test(source) && (found || NO_DATA.test(source))) return { kind: 'machine' };
  const image = service.build && imageFolders(service.build, context);
  if (image?.copies.some((folder) => isIn(target, folder)))
    return { kind: 'dropped', because: 'the image has these files, its Dockerfile copies them' };
  if (!found)
    return wrong(
      `${name} mounts ${place}, and nothing is there that could be delivered to AWS`,
      `where it is to hold data, ${asVolume(name, target)}`,
      'volume',
    );
  const workingDirectory = service.workingDirectory?.value ?? image?.workingDirectory;
  const stage = service.build && stageWith(service.build, context, target);
  if (found.kind === 'folder' && workingDirectory !== undefined && isIn(workingDirectory, target))
    return wrong(
      `${name} mounts its program from ${place}: the image for AWS has to have it`,
      service.build
        ? stage === undefined
          ? `write into its Dockerfile: COPY . ${target}`
          : `the stage ${stage} of its Dockerfile has it: write target: ${stage} under build for AWS, or COPY . ${target} into the stage ${service.build.target ?? 'that is built'}`
        : `build it: a Dockerfile with\n  FROM ${service.image?.value ?? 'IMAGE'}\n  WORKDIR ${workingDirectory}\n  COPY . ${target}\nand build: ${place} in place of image:`,
      'copy',
    );
  const files = found.kind === 'file' ? [found.file] : found.files;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const complete = found.kind === 'file' || (found.complete && files.every(({ text }) => text !== undefined));
  if (files.length === 0)
    return wrong(
      `${name} mounts ${place}, which is empty: data is kept in a volume on AWS`,
      asVolume(name, target),
      'volume',
    );
  if (!complete || bytes > MOST_BYTES) {
    if (image?.files.includes(target))
      return { kind: 'dropped', because: 'the image has this file, its Dockerfile copies it' };
    return wrong(
      `${name} mounts ${place}, which is more than the ${MOST_BYTES} bytes of text that can be delivered as configuration`,
      `COPY it in a Dockerfile, or keep it in a volume with x-aws: {state: efs}`,
      'copy',
    );
  }
  return {
    kind: 'delivered',
    files: files.map((file) => ({
      path: found.kind === 'file' ? target : posix.join(target, file.path),
      ...(found.kind === 'file' ? {} : { folder: target }),
      content: contentOf(file.text, file.base64),
      mode: file.mode,
      readonly: mount.readonly,
      position,
    })),
  };
}

/** A name for the volume that takes the place of a folder. */
export const volumeName = (service: string, target: string): string =>
  `${service}-${posix.basename(target).replaceAll(/[^A-Za-z0-9_-]+/g, '-') || 'data'}`;

const asVolume = (service: string, target: string): string => {
  const volume = volumeName(service, target);
  return `use a volume: ${volume}:${target} in place of the folder, and at the top level\n  volumes: {${volume}: {x-aws: {state: efs}}}`;
};

/** As a compose file would write it: below the project's folder, else as it is. */
export function relative({ locate }: Pick<StorageContext, 'locate'>, path: string): string {
  const root = locate('.').replace(/\/$/, '');
  return isIn(path, root) ? `.${path.slice(root.length)}` : path;
}
