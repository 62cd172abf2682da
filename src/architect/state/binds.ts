import { posix } from 'node:path';
import type { BindMount, Service } from '../../compose/app.ts';
import type { Problem } from '../../common/problem.ts';
import { imageFolders, isIn } from './image-folders.ts';
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

/** On this machine, what is there; for AWS, what can be delivered, and words for what cannot. */
export function bindMount(context: StorageContext, service: Service, mount: BindMount): BindResult {
  const wrong = (problem: Omit<Problem, 'position' | 'code'>): BindResult => {
    context.problem({ code: 'bind-mount', position: mount.position, ...problem });
    return NOTHING;
  };
  const { source, target, readonly } = mount;
  if (context.target === 'local') {
    const id = context.newId('bind');
    context.volume({ kind: 'bind', id, source, readonly });
    return { ...NOTHING, mount: { volume: id, path: target, readonly } };
  }
  return forAws(context, service, mount, wrong);
}

/** Folders of a system: what is in them belongs to one machine. */
const SYSTEM = /^\/($|(proc|sys|dev|run|var\/run|var\/lib\/docker|boot|lib|usr|etc)(\/|$))/;

function forAws(
  context: StorageContext,
  service: Service,
  mount: BindMount,
  wrong: (problem: Omit<Problem, 'position' | 'code'>) => BindResult,
): BindResult {
  const { source, target, position } = mount;
  const { name } = service;
  const dropped = (because: string): BindResult => {
    context.notice({
      code: 'bind-dropped',
      message: `${target} of ${name} is not mounted on AWS: ${because}`,
      position,
    });
    return DROPPED;
  };
  if (/^\/etc\/(localtime|timezone)$/.test(source))
    return dropped('the clock of Fargate is UTC; write the variable TZ for another zone');
  const inProject = isIn(source, context.locate('.').replace(/\/$/, ''));
  if (!inProject && SYSTEM.test(source))
    return wrong({
      message: `${name} mounts ${source} of this machine: on Fargate there is no machine to look into`,
      fix: 'take the mount away, or the service, where it only watches its machine',
    });
  const image = service.build && imageFolders(service.build, context);
  if (image?.copies.some((folder) => isIn(target, folder)))
    return dropped('the image has these files, its Dockerfile copies them');
  const found = context.options.readPath?.(source);
  if (!found)
    return wrong({
      message: `${name} mounts ${source}, and nothing is there that could be delivered to AWS`,
      fix: `where it is to hold data, ${asVolume(name, target)}`,
    });
  const workingDirectory = service.workingDirectory?.value ?? image?.workingDirectory;
  if (found.kind === 'folder' && workingDirectory !== undefined && isIn(workingDirectory, target))
    return wrong({
      message: `${name} mounts its program from ${source}: the image for AWS has to have it`,
      fix: service.build
        ? `write into its Dockerfile: COPY . ${target}`
        : `build it: a Dockerfile with\n  FROM ${service.image?.value ?? 'IMAGE'}\n  WORKDIR ${workingDirectory}\n  COPY . ${target}\nand build: ${relative(context, source)} in place of image:`,
    });
  const files = found.kind === 'file' ? [found.file] : found.files;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const complete =
    found.kind === 'file' || (found.complete && found.files.every(({ text }) => text !== undefined));
  if (files.length === 0)
    return wrong({
      message: `${name} mounts ${source}, which is empty: data is kept in a volume on AWS`,
      fix: asVolume(name, target),
    });
  if (!complete || bytes > MOST_BYTES)
    return wrong({
      message: `${name} mounts ${source}, which is more than the ${MOST_BYTES} bytes of text that can be delivered as configuration`,
      fix: `COPY it in a Dockerfile, or keep it in a volume with x-aws: {state: efs}`,
    });
  return {
    ...NOTHING,
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

const asVolume = (service: string, target: string): string => {
  const volume = `${service}-${posix.basename(target) || 'data'}`;
  return `use a volume: ${volume}:${target} in place of the folder, and at the top level\n  volumes: {${volume}: {x-aws: {state: efs}}}`;
};

const relative = ({ locate }: StorageContext, path: string): string => {
  const root = locate('.').replace(/\/$/, '');
  return isIn(path, root) ? `.${path.slice(root.length)}` : path;
};
