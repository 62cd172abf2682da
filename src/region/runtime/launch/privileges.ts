import type { ContainerSpec } from '../runtime.ts';
import { initScript } from './init.ts';
import type { ContainerUser } from './user.ts';

/** What docker leaves to root: https://github.com/moby/moby/blob/master/daemon/pkg/oci/caps/defaults.go */
const usual = [
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

export interface Privileges {
  readonly ids: 'range' | 'single';
  readonly user: ContainerUser;
  readonly capabilities?: ContainerSpec['capabilities'] | undefined;
  /** `NAME=value` that only the program itself may see. */
  readonly late: readonly string[];
  readonly directory?: string;
  /** The program gets an init above it. */
  readonly init?: boolean | undefined;
  /** The program has a terminal, with the session that belongs to it. */
  readonly terminal?: boolean | undefined;
}

const run = (tool: string, ...args: readonly string[]) => [
  '/.fairway/loader',
  '--library-path',
  '/.fairway',
  `/.fairway/${tool}`,
  ...args,
];

/**
 * The words before a container's program: becomes the user, gives up every capability that it is not to have, and cannot get
 * any back. Where only one user id exists, another user is that id under another name (a nested user namespace), and nobody has
 * capabilities.
 */
export function dropPrivileges({
  ids,
  user: { uid, gid, groups },
  capabilities,
  late,
  directory,
  init = false,
  terminal = false,
}: Privileges): readonly string[] {
  const finish = [
    ...(init ? ['--default-signal=INT,QUIT'] : []),
    ...(directory === undefined ? [] : [`--chdir=${directory}`]),
    ...late,
  ];
  const last = [
    ...(init ? run('sh', '-c', initScript, 'init') : []),
    ...(finish.length > 0 ? run('env', ...finish) : []),
  ];
  // A process group of its own: else a program that ends its group (kill 0) would end netd, and with it the region.
  const alone = terminal ? [] : run('setsid');
  if (ids === 'single') {
    const nested = uid !== 0 || gid !== 0;
    return [
      ...alone,
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
      ...last,
    ];
  }
  return [
    ...alone,
    ...run(
      'setpriv',
      `--reuid=${uid}`,
      `--regid=${gid}`,
      groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups',
      '--no-new-privs',
      '--inh-caps=-all',
      `--bounding-set=-all${keptCapabilities(capabilities)
        .map((name) => `,+${name}`)
        .join('')}`,
      '--',
    ),
    ...last,
  ];
}

/** `drop` first, so that `ALL` can be dropped and some added again, as docker does it. */
export function keptCapabilities(
  { add, drop }: NonNullable<ContainerSpec['capabilities']> = { add: [], drop: [] },
): readonly string[] {
  const plain = (name: string) => name.toLowerCase().replace(/^cap_/, '');
  const dropped = new Set(drop.map(plain));
  const left = dropped.has('all') ? [] : usual.filter((name) => !dropped.has(name));
  return [...new Set([...left, ...add.map(plain)])];
}
