import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Above what adduser, useradd and systemd hand out; used by root where /etc/subuid names nothing for it. */
const fixedRange = { start: 1_879_048_192, count: 65_535 };

export interface IdRange {
  readonly start: number;
  readonly count: number;
}

/** The first range that a file in the shape of subuid(5) gives to a user, by name or number. */
export function subordinateRange(text: string, user: string, uid: number): IdRange | undefined {
  for (const line of text.split('\n')) {
    const [owner, start, count] = line.split(':');
    if ((owner === user || owner === String(uid)) && Number(count) > 0)
      return { start: Number(start), count: Math.min(Number(count), 65_535) };
  }
  return undefined;
}

/** The ranges of the user who runs this, where the machine grants them. */
export function rangesOfUser(): { readonly uids: IdRange; readonly gids: IdRange } | undefined {
  const { uid, username } = userInfo();
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const uids = subordinateRange(read('/etc/subuid'), username, uid);
  const gids = subordinateRange(read('/etc/subgid'), username, uid);
  if (uids && gids) return { uids, gids };
  return uid === 0 ? { uids: fixedRange, gids: fixedRange } : undefined;
}

/**
 * Writes the id maps of a process that has just entered a user namespace and waits: 0 inside is who runs this, 1 to 65535 are a
 * range of the machine's where root, or newuidmap and newgidmap, can grant one.
 * https://man7.org/linux/man-pages/man7/user_namespaces.7.html
 */
export async function mapIds(
  pid: number,
  tools: { readonly newuidmap?: string; readonly newgidmap?: string },
): Promise<'range' | 'single'> {
  const { uid, gid } = userInfo();
  const ranges = rangesOfUser();
  if (uid === 0 && ranges) {
    writeFileSync(`/proc/${pid}/uid_map`, `0 0 1\n1 ${ranges.uids.start} ${ranges.uids.count}\n`);
    writeFileSync(`/proc/${pid}/gid_map`, `0 0 1\n1 ${ranges.gids.start} ${ranges.gids.count}\n`);
    return 'range';
  }
  if (ranges && tools.newuidmap && tools.newgidmap) {
    const map = (own: number, { start, count }: IdRange) => [pid, 0, own, 1, 1, start, count].map(String);
    await execute(tools.newuidmap, map(uid, ranges.uids));
    await execute(tools.newgidmap, map(gid, ranges.gids));
    return 'range';
  }
  writeFileSync(`/proc/${pid}/setgroups`, 'deny');
  writeFileSync(`/proc/${pid}/uid_map`, `0 ${uid} 1\n`);
  writeFileSync(`/proc/${pid}/gid_map`, `0 ${gid} 1\n`);
  return 'single';
}
