import type { ContainerUser } from './user.ts';

/** What docker leaves to root: https://github.com/moby/moby/blob/master/daemon/pkg/oci/caps/defaults.go */
const kept = [
  'chown',
  'dac_override',
  'fsetid',
  'fowner',
  'mknod',
  'net_raw',
  'setgid',
  'setuid',
  'setfcap',
  'setpcap',
  'net_bind_service',
  'sys_chroot',
  'kill',
  'audit_write',
];

const run = (tool: string, ...args: readonly string[]) => [
  '/.fairway/loader',
  '--library-path',
  '/.fairway',
  `/.fairway/${tool}`,
  ...args,
];

/**
 * The words before a container's program: becomes the user, gives up every capability that docker would not leave, and cannot get
 * any back. Where only one user id exists, another user is that id under another name (a nested user namespace), and nobody has
 * capabilities.
 */
export function dropPrivileges(
  ids: 'range' | 'single',
  { uid, gid, groups }: ContainerUser,
  late: readonly string[],
  directory?: string,
): readonly string[] {
  const finish = [...(directory === undefined ? [] : [`--chdir=${directory}`]), ...late];
  const env = finish.length > 0 ? run('env', ...finish) : [];
  if (ids === 'single') {
    const nested = uid !== 0 || gid !== 0;
    return [
      ...(nested
        ? run('unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--keep-caps', '--')
        : []),
      ...run(
        'setpriv',
        '--no-new-privs',
        '--ambient-caps=-all',
        '--inh-caps=-all',
        '--bounding-set=-all',
        '--',
      ),
      ...env,
    ];
  }
  return [
    ...run(
      'setpriv',
      `--reuid=${uid}`,
      `--regid=${gid}`,
      groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups',
      '--no-new-privs',
      '--inh-caps=-all',
      `--bounding-set=-all,${kept.map((name) => `+${name}`).join(',')}`,
      '--',
    ),
    ...env,
  ];
}
