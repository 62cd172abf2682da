import type { Recipe } from './model.ts';
import { gosu, script } from './scripts.ts';

/** https://github.com/docker-library/rabbitmq/blob/master/docker-entrypoint.sh */
const entrypoint = `#!/bin/sh
set -e
case "$1" in
rabbitmq*)
  if [ "$(id -u)" = 0 ] && [ "$(awk 'NR == 2' /proc/self/uid_map)" ]; then
    [ "$1" != rabbitmq-server ] || find /var/lib/rabbitmq ! -user rabbitmq -exec chown rabbitmq {} +
    exec gosu rabbitmq "$0" "$@"
  fi ;;
esac
exec "$@"
`;

const sbin = '/usr/lib/rabbitmq/bin';

/** https://hub.docker.com/_/rabbitmq */
export const rabbitmq: Recipe = {
  names: ['rabbitmq'],
  base: 'small',
  packages: ['rabbitmq-server'],
  program: 'rabbitmq-server',
  label: 'rabbitmq',
  files: {
    '/usr/local/bin/docker-entrypoint.sh': script(entrypoint),
    '/usr/local/bin/gosu': gosu,
    '/etc/rabbitmq/conf.d/10-defaults.conf': {
      text: 'loopback_users.guest = false\nlog.console = true\n',
    },
    '/etc/rabbitmq/enabled_plugins': { text: '[rabbitmq_prometheus].\n' },
    '/etc/rabbitmq': { directory: true, owner: 'rabbitmq', mode: 0o1777 },
    '/var/lib/rabbitmq': { directory: true, owner: 'rabbitmq', mode: 0o1777 },
    '/var/log/rabbitmq': { directory: true, owner: 'rabbitmq', mode: 0o1777 },
  },
  users: { rabbitmq: { uid: 999, home: '/var/lib/rabbitmq' } },
  remove: ['/etc/init.d', '/etc/default', '/etc/logrotate.d', '/usr/lib/ocf', '/usr/lib/systemd'],
  differs: 'the node is called rabbit@localhost; no apt-get',
  config: (version, ids) => ({
    ...(ids === 'single' ? { user: 'rabbitmq' } : {}),
    entrypoint: ['docker-entrypoint.sh'],
    command: ['rabbitmq-server'],
    environment: {
      PATH: `${sbin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: '/var/lib/rabbitmq',
      LANG: 'C.UTF-8',
      RABBITMQ_DATA_DIR: '/var/lib/rabbitmq',
      // A container's own name need not resolve inside.
      RABBITMQ_NODENAME: 'rabbit@localhost',
      RABBITMQ_LOGS: '-',
      RABBITMQ_VERSION: version,
    },
    exposedPorts: [4369, 5671, 5672, 15692, 25672].map((port) => ({ port, protocol: 'tcp' })),
    volumes: ['/var/lib/rabbitmq'],
  }),
  variants: [
    {
      tag: /management/,
      files: {
        '/etc/rabbitmq/enabled_plugins': { text: '[rabbitmq_management,rabbitmq_prometheus].\n' },
      },
    },
  ],
};
