import { posix } from 'node:path';
import { readTextIn } from './view.ts';
import type { ImageConfig } from '../runtime.ts';

/**
 * Where one user id exists, an image that starts as root cannot give its files away and become another user, as the images of databases
 * and of nginx do at their start: such programs go on as they are when they are not root to begin with. So an image without a user of
 * its own starts as the owner of its volumes, or as the system user that has its program's name. Everything belongs to that
 * user then, as it would belong to root.
 */
export async function userWhereOneExists(
  config: ImageConfig,
  layers: readonly string[],
  /** Directory → `uid:gid`, of each layer, top first, as its archive said. */
  owners: readonly Readonly<Record<string, string>>[],
): Promise<string | undefined> {
  if (config.user !== undefined && !/^(?:root|0)(?::|$)/.test(config.user)) return undefined;
  const ofVolumes = config.volumes.map((volume) => ownerOf(posix.join('/', volume), owners));
  const [first] = ofVolumes;
  if (first !== undefined && ofVolumes.every((owner) => owner === first)) return first;
  const [program] = config.command ?? config.entrypoint ?? [];
  return program === undefined ? undefined : systemUser(layers, posix.basename(program));
}

/** Also of a folder above it, up to the second: `/var/lib/postgresql` for `/var/lib/postgresql/data`. */
function ownerOf(path: string, owners: readonly Readonly<Record<string, string>>[]): string | undefined {
  const found = owners.find((layer) => layer[path] !== undefined)?.[path];
  if (found !== undefined) return found.startsWith('0:') ? undefined : found;
  const above = posix.dirname(path);
  return above.split('/').length > 2 ? ownerOf(above, owners) : undefined;
}

/** https://www.debian.org/doc/debian-policy/ch-opersys.html#uid-and-gid-classes: below 1000 are those of programs. */
async function systemUser(layers: readonly string[], name: string): Promise<string | undefined> {
  const passwd = (await readTextIn(layers, '/etc/passwd')) ?? '';
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name && Number(uid) > 0 && Number(uid) < 1000) return `${uid}:${gid}`;
  }
  return undefined;
}
