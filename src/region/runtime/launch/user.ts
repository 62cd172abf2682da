import { readTextIn } from '../images/view.ts';

export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
}

/**
 * `user[:group]`, each a name or a number, looked up in the image as docker does:
 * https://github.com/moby/sys/blob/main/user/user.go. Throws docker's words.
 */
export async function resolveUser(
  layers: readonly string[],
  user: string | undefined,
): Promise<ContainerUser> {
  const [userPart = '', groupPart] = (user ?? '').split(':');
  const passwd = table(await readTextIn(layers, '/etc/passwd'));
  const groups = table(await readTextIn(layers, '/etc/group'));
  const wanted = userPart === '' ? '0' : userPart;
  const entry = passwd.find((line) => line[0] === wanted) ?? passwd.find((line) => line[2] === wanted);
  if (!entry && !/^\d+$/.test(wanted))
    throw new Error(`unable to find user ${wanted}: no matching entries in passwd file`);
  const uid = Number(entry?.[2] ?? wanted);
  const name = entry?.[0];
  const home = entry?.[5] || '/';
  if (groupPart === undefined || groupPart === '') {
    const extra = groups.filter((line) => name !== undefined && line[3]?.split(',').includes(name));
    const gid = Number(entry?.[3] ?? 0);
    return { uid, gid, groups: extra.map((line) => Number(line[2])).filter((id) => id !== gid), home };
  }
  const group = groups.find((line) => line[0] === groupPart) ?? groups.find((line) => line[2] === groupPart);
  if (!group && !/^\d+$/.test(groupPart))
    throw new Error(`unable to find group ${groupPart}: no matching entries in group file`);
  return { uid, gid: Number(group?.[2] ?? groupPart), groups: [], home };
}

const table = (text: string | undefined) =>
  (text ?? '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));
