import type { Position } from '../../common/problem.ts';
import type { VolumeMount } from '../app.ts';
import { choice, type Field, field, type Findings, flag, list, text, wrong } from '../read.ts';

/** Reads `volumes` of a service: https://docs.docker.com/reference/compose-file/services/#volumes */
export function readMounts(found: Findings, at: Field | undefined): VolumeMount[] {
  return list(found, at).flatMap((tree, index) => {
    const item: Field = { tree, name: `${at?.name}[${index}]` };
    const mount = tree.kind === 'map' ? longForm(found, item) : shortForm(found, item);
    return mount && checked(found, mount) ? [mount] : [];
  });
}

function shortForm(found: Findings, item: Field): VolumeMount | undefined {
  const value = text(found, item);
  if (!value) return undefined;
  const { position } = value;
  const [first = '', target, modes, ...more] = value.value.split(':');
  if (more.length > 0 || !first) {
    wrong(
      found,
      position,
      `${JSON.stringify(value.value)} is no volume`,
      'write NAME:/path or NAME:/path:ro',
    );
    return undefined;
  }
  if (target === undefined) return { kind: 'volume', target: first, readonly: false, position };
  if (isPath(first)) return bind(found, position, first, target);
  const known = (modes ?? '').split(',').filter(Boolean);
  for (const mode of known)
    if (!/^(ro|rw|z|Z|nocopy)$/.test(mode))
      wrong(found, position, `${JSON.stringify(mode)} is no mode of a volume`, 'write ro or rw');
  return { kind: 'volume', volume: first, target, readonly: known.includes('ro'), position };
}

function longForm(found: Findings, item: Field): VolumeMount | undefined {
  const { position } = item.tree;
  const type = choice(found, field(item, 'type') ?? undefined, [
    'volume',
    'bind',
    'tmpfs',
    'image',
    'npipe',
    'cluster',
  ]);
  const source = text(found, field(item, 'source'));
  const target = text(found, field(item, 'target'));
  if (!target) {
    wrong(found, position, `${item.name} has no target`, 'write `target: /path`');
    return undefined;
  }
  if (type?.value === 'bind' || (source && isPath(source.value)))
    return bind(found, source?.position ?? position, source?.value ?? '', target.value);
  if (type && type.value !== 'volume') {
    const message = `${item.name} is of the type ${type.value}, which is not enacted`;
    wrong(found, type.position, message, 'write `type: volume`', 'compose-refused');
    return undefined;
  }
  return {
    kind: 'volume',
    ...(source ? { volume: source.value } : {}),
    target: target.value,
    readonly: flag(found, field(item, 'read_only'))?.value ?? false,
    position: source?.position ?? position,
  };
}

const isPath = (source: string) => /^[./~]|^[A-Za-z]:\\/.test(source);

/** On AWS there is no folder of this machine to mount. */
function bind(found: Findings, position: Position, source: string, target: string): undefined {
  wrong(
    found,
    position,
    `the bind mount of ${source} is refused: on AWS a task has no files of this machine`,
    `copy it into the image: a Dockerfile with \`COPY ${source.replace(/^\.\//, '')} ${target}\`; or write NAME:${target} for a volume`,
    'compose-bind-mount',
  );
}

function checked(found: Findings, { target, volume, position }: VolumeMount): boolean {
  if (!target.startsWith('/')) {
    wrong(found, position, `the mount point ${JSON.stringify(target)} is not absolute`, `write /${target}`);
    return false;
  }
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html
  if (volume !== undefined && !/^[A-Za-z0-9][\w-]*$/.test(volume)) {
    wrong(
      found,
      position,
      `${JSON.stringify(volume)} is no name of a volume`,
      'use letters, digits, _ and -',
    );
    return false;
  }
  return true;
}
