import type { Mount } from '../app.ts';
import { choice, type Field, field, type Findings, flag, list, memory, text, texts, wrong } from '../read.ts';
import { isNull } from '../tree.ts';
import type { Surroundings } from './surroundings.ts';

/** Reads `volumes` and `tmpfs` of a service: https://docs.docker.com/reference/compose-file/services/#volumes */
export function readMounts(found: Findings, service: Field, around: Surroundings): Mount[] {
  const volumes = field(service, 'volumes');
  const mounts = [
    ...list(found, volumes).flatMap((tree, index) => {
      if (isNull(tree)) return [];
      const item: Field = { tree, name: `${volumes?.name}[${index}]` };
      return (tree.kind === 'map' ? longForm(found, item, around) : shortForm(found, item, around)) ?? [];
    }),
    ...readTmpfs(found, field(service, 'tmpfs')),
  ];
  const sound = mounts.filter((mount) => checked(found, mount));
  return sound.filter((mount, index) => !taken(found, mount, sound.slice(0, index)));
}

/** https://docs.docker.com/engine/storage/volumes/#syntax and .../bind-mounts/#syntax; what only Docker Desktop or SELinux knows. */
const MODES = /^(ro|rw|z|Z|nocopy|cached|delegated|consistent|U|(r?(shared|slave|private)))$/;

function shortForm(found: Findings, item: Field, around: Surroundings): Mount | undefined {
  const value = text(found, item);
  if (!value) return undefined;
  const { position } = value;
  if (/^[A-Za-z]:(\\|\/[^:]*:\/)/.test(value.value)) {
    const message = `${JSON.stringify(value.value)} begins with a path of Windows`;
    wrong(found, position, message, 'write a path of Linux, for example ./folder:/path');
    return undefined;
  }
  const [first = '', target, modes, ...more] = value.value.split(':');
  if (more.length > 0 || !first) {
    const message = `${JSON.stringify(value.value)} is no volume`;
    wrong(found, position, message, 'write NAME:/path, ./folder:/path or NAME:/path:ro');
    return undefined;
  }
  if (target === undefined) return { kind: 'volume', target: first, readonly: false, position };
  const known = (modes ?? '').split(',').filter(Boolean);
  for (const mode of known)
    if (!MODES.test(mode))
      wrong(found, position, `${JSON.stringify(mode)} is no mode of a volume`, 'write ro or rw');
  const readonly = known.includes('ro');
  if (!isPath(first)) return { kind: 'volume', volume: first, target, readonly, position };
  const source = around.absolute(found, { value: first, position });
  return source === undefined ? undefined : { kind: 'bind', source, target, readonly, position };
}

const TYPES = ['volume', 'bind', 'tmpfs', 'image', 'npipe', 'cluster'] as const;

function longForm(found: Findings, item: Field, around: Surroundings): Mount | undefined {
  const type = choice(found, field(item, 'type'), TYPES);
  const source = text(found, field(item, 'source'));
  const target = text(found, field(item, 'target'))?.value;
  const readonly = flag(found, field(item, 'read_only'))?.value ?? false;
  const position = source?.position ?? item.tree.position;
  if (target === undefined) {
    wrong(found, item.tree.position, `${item.name} has no target`, 'write `target: /path`');
    return undefined;
  }
  const kind = type?.value ?? (source && isPath(source.value) ? 'bind' : 'volume');
  if (kind === 'tmpfs') return tmpfs(target, memory(found, field(field(item, 'tmpfs'), 'size'))?.value);
  if (kind === 'volume')
    return { kind, ...(source ? { volume: source.value } : {}), target, readonly, position };
  if (kind === 'bind') {
    if (!source) {
      wrong(found, item.tree.position, `${item.name} has no source`, 'write `source: ./folder`');
      return undefined;
    }
    const path = around.absolute(found, source);
    return path === undefined ? undefined : { kind, source: path, target, readonly, position };
  }
  const message = `${item.name} is of the type ${kind}, which is not enacted`;
  const fix = kind === 'image' ? 'copy the files in a Dockerfile: COPY --from=IMAGE' : 'write `type: volume`';
  wrong(found, type?.position ?? position, message, fix, 'compose-refused');
  return undefined;

  function tmpfs(path: string, mebibytes: number | undefined): Mount {
    return { kind: 'tmpfs', target: path, ...(mebibytes === undefined ? {} : { mebibytes }), position };
  }
}

/** `/run:size=64m,mode=1777`: https://docs.docker.com/reference/compose-file/services/#tmpfs */
function readTmpfs(found: Findings, at: Field | undefined): Mount[] {
  return texts(found, at).map(({ value, position }) => {
    const [target = '', options = ''] = value.split(':');
    return { kind: 'tmpfs', target, ...tmpfsSize(found, options, position), position };
  });
}

/** `size=64m` among the options of a memory file system. */
export function tmpfsSize(
  found: Findings,
  options: string,
  position: Mount['position'],
): { readonly mebibytes?: number } {
  const size = /(?:^|,)size=([^,]*)/.exec(options)?.[1];
  if (size === undefined) return {};
  const tree = { kind: 'scalar', value: size, text: size, position } as const;
  const mebibytes = memory(found, { tree, name: 'size' })?.value;
  return mebibytes === undefined ? {} : { mebibytes };
}

export const isPath = (source: string): boolean => /^[./~\\]|^[A-Za-z]:[\\/]/.test(source);

function checked(found: Findings, mount: Mount): boolean {
  const { target, position } = mount;
  if (!target.startsWith('/')) {
    const message = `the mount point ${JSON.stringify(target)} is not absolute`;
    wrong(found, position, message, `write /${target.replace(/^[./]+/, '')}`);
    return false;
  }
  if (target.replace(/\/+$/, '') === '') {
    wrong(found, position, 'a mount at / hides the image', 'write the folder that is meant');
    return false;
  }
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html
  if (mount.kind === 'volume' && mount.volume !== undefined && !/^[A-Za-z0-9][\w-]*$/.test(mount.volume)) {
    const message = `${JSON.stringify(mount.volume)} is no name of a volume`;
    wrong(found, position, message, `use letters, digits, _ and -; a folder is written ./${mount.volume}`);
    return false;
  }
  if (mount.kind === 'bind' && mount.source.endsWith('/docker.sock')) {
    const message = `${mount.source} is the socket of a container engine, and no engine runs here or on Fargate`;
    wrong(
      found,
      position,
      message,
      'remove the mount, or put the service into a profile of its own; what a proxy finds by labels (Traefik), the load balancer is told by ports and x-aws: {host, path}',
      'compose-refused',
    );
    return false;
  }
  return true;
}

function taken(found: Findings, { target, position }: Mount, before: readonly Mount[]): boolean {
  const plain = (path: string) => path.replace(/\/+$/, '');
  const first = before.find((mount) => plain(mount.target) === plain(target));
  if (!first) return false;
  const message = `${target} is mounted twice, first in line ${first.position.line}`;
  wrong(found, position, message, 'keep one of the two');
  return true;
}
