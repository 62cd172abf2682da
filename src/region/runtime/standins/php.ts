import { multiarch } from './architecture.ts';
import type { Recipe, StandInFile } from './model.ts';
import { script } from './scripts.ts';

const release = '8.2';
const ini = '/usr/local/etc/php';

/** Extensions of the official image that Debian has as modules of their own, in the order they need each other. */
const extensions = [
  '10-opcache 10-pdo 15-xml 20-calendar 20-ctype 20-curl 20-dom 20-exif 20-fileinfo 20-ftp 20-gettext 20-iconv 20-mbstring',
  '20-pdo_sqlite 20-phar 20-posix 20-readline 20-simplexml 20-sockets 20-sqlite3 20-tokenizer 20-xmlreader 20-xmlwriter',
].flatMap((line) => line.split(' '));

/** https://github.com/docker-library/php/blob/master/docker-php-ext-install: packages in place of compiled source. */
const install = `#!/bin/sh
set -e
packages= names=
for name; do
  case "$name" in
  -j*) continue ;;
  bcmath | bz2 | curl | dba | enchant | gd | gmp | imap | intl | ldap | mbstring | odbc | pgsql | pspell | snmp | soap | sqlite3 | tidy | xsl | zip)
    package=$name; [ "$name" != xsl ] || package=xml ;;
  pdo_mysql | mysqli) package=mysql ;;
  pdo_pgsql) package=pgsql ;;
  pdo_odbc) package=odbc ;;
  pdo_sqlite) package=sqlite3 ;;
  xmlrpc | apcu | imagick | memcached | mongodb | redis | xdebug | amqp | yaml | igbinary) package=$name ;;
  *)
    if php -m | grep -qix "$name"; then continue; fi
    if [ -f "$(php -r 'echo ini_get("extension_dir");')/$name.so" ]; then names="$names $name"; continue; fi
    echo "$0: Debian's PHP ${release} has no extension $name, and this image stands in without PHP's source" >&2
    exit 1 ;;
  esac
  packages="$packages php${release}-$package"
  names="$names $name"
done
if [ "$packages" ]; then
  export DEBIAN_FRONTEND=noninteractive
  [ -n "$(ls /var/lib/apt/lists/*_Packages* 2>/dev/null)" ] || apt-get -qq update
  apt-get -qq install -y --no-install-recommends $packages
fi
[ -z "$names" ] || docker-php-ext-enable $names
`;
const enable = `#!/bin/sh
set -e
directory=$(php -r 'echo ini_get("extension_dir");')
for name; do
  [ -f "$directory/$name.so" ] || { echo "$0: there is no extension $name; docker-php-ext-install adds it" >&2; exit 1; }
  [ ! -e ${ini}/conf.d/*-"$name.ini" ] || continue
  case "$name" in
  xdebug | opcache) echo "zend_extension=$name" > "${ini}/conf.d/docker-php-ext-$name.ini" ;;
  mysqli | pdo_mysql)
    echo extension=mysqlnd > "${ini}/conf.d/10-mysqlnd.ini"
    echo "extension=$name" > "${ini}/conf.d/docker-php-ext-$name.ini" ;;
  *) echo "extension=$name" > "${ini}/conf.d/docker-php-ext-$name.ini" ;;
  esac
done
`;
const configure = `#!/bin/sh
echo "$0: extensions come as packages here; $* changes nothing" >&2
`;
const pecl = `#!/bin/sh
[ "$1" = install ] || { echo "pecl: $1 is not enacted in a stand-in" >&2; exit 1; }
shift
for name; do
  case "$name" in -*) continue ;; esac
  docker-php-ext-install "\${name%%-[0-9]*}"
done
`;
const entrypoint = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ]; then
  set -- php "$@"
fi
exec "$@"
`;

/** Where no other user exists, a server that must become www-data is let believe that it did; it stays who it is. */
const asServer = `if ! [ "$(awk 'NR == 2' /proc/self/uid_map)" ] && [ "$(id -u)" = 0 ]; then
  key=$(faked-sysv)
  export FAKEROOTKEY="\${key%%:*}" FAKEROOTDONTTRYCHOWN=1
  export LD_PRELOAD=/usr/lib/${multiarch}/libfakeroot/libfakeroot-sysv.so
fi
exec "$@"
`;

/** https://github.com/docker-library/php/blob/master/apache2-foreground */
const foreground = `#!/bin/bash
set -e
: "\${APACHE_CONFDIR:=/etc/apache2}"
: "\${APACHE_ENVVARS:=$APACHE_CONFDIR/envvars}"
if test -f "$APACHE_ENVVARS"; then . "$APACHE_ENVVARS"; fi
: "\${APACHE_RUN_DIR:=/var/run/apache2}"
: "\${APACHE_PID_FILE:=$APACHE_RUN_DIR/apache2.pid}"
rm -f "$APACHE_PID_FILE"
mkdir -p "$APACHE_RUN_DIR" "\${APACHE_LOCK_DIR:-/var/lock/apache2}"
set -- apache2 -DFOREGROUND "$@"
${asServer}`;

/** What Debian's package enables when it is set up, with PHP's own. */
const apacheModules = [
  'access_compat alias auth_basic authn_core authn_file authz_core authz_host authz_user autoindex deflate dir env filter mime',
  'mpm_prefork negotiation reqtimeout setenvif status php8.2',
].flatMap((line) => line.split(' '));
const configured = [
  'alias',
  'autoindex',
  'deflate',
  'dir',
  'mime',
  'mpm_prefork',
  'negotiation',
  'reqtimeout',
  'setenvif',
  'status',
  'php8.2',
];
const links = (folder: string, names: readonly string[]): Readonly<Record<string, StandInFile>> =>
  Object.fromEntries(
    names.map((name) => [
      `/etc/apache2/${folder}-enabled/${name}`,
      { link: `../${folder}-available/${name}` },
    ]),
  );

const fpm = `[global]
error_log = /proc/self/fd/2
log_limit = 8192
daemonize = no
[www]
user = www-data
group = www-data
listen = 9000
pm = dynamic
pm.max_children = 5
pm.start_servers = 2
pm.min_spare_servers = 1
pm.max_spare_servers = 3
access.log = /proc/self/fd/2
clear_env = no
catch_workers_output = yes
decorate_workers_output = no
`;

/** https://hub.docker.com/_/php */
export const php: Recipe = {
  names: ['php'],
  base: 'debian',
  packages: ['cli', 'curl', 'mbstring', 'opcache', 'readline', 'sqlite3', 'xml'].map(
    (name) => `php${release}-${name}`,
  ),
  program: `php${release}-cli`,
  label: 'PHP',
  files: {
    '/usr/local/bin/php': { link: `/usr/bin/php${release}` },
    '/usr/local/bin/docker-php-entrypoint': script(entrypoint),
    '/usr/local/bin/docker-php-ext-install': script(install),
    '/usr/local/bin/docker-php-ext-enable': script(enable),
    '/usr/local/bin/docker-php-ext-configure': script(configure),
    '/usr/local/bin/docker-php-source': script('#!/bin/sh\n'),
    '/usr/local/bin/pecl': script(pecl),
    ...Object.fromEntries(
      extensions.map((entry) => {
        const name = entry.slice(3);
        return [
          `${ini}/conf.d/${entry}.ini`,
          { text: `${name === 'opcache' ? 'zend_extension' : 'extension'}=${name}\n` },
        ];
      }),
    ),
    [`${ini}/php.ini-production`]: { link: `/usr/lib/php/${release}/php.ini-production` },
    [`${ini}/php.ini-development`]: { link: `/usr/lib/php/${release}/php.ini-development` },
    '/var/www/html': { directory: true, owner: 'www-data', mode: 0o1777 },
  },
  users: { 'www-data': { uid: 33, home: '/var/www' } },
  remove: [],
  differs: `always PHP ${release}; docker-php-ext-install and pecl install Debian's packages of the extensions, and no source is compiled`,
  config: (version) => ({
    entrypoint: ['docker-php-entrypoint'],
    command: ['php', '-a'],
    environment: {
      PHP_VERSION: version,
      PHP_INI_DIR: ini,
      PHPRC: ini,
      PHP_INI_SCAN_DIR: `${ini}/conf.d`,
    },
  }),
  variants: [
    {
      tag: /apache/,
      packages: ['apache2', `libapache2-mod-php${release}`],
      files: {
        '/usr/local/bin/apache2-foreground': script(foreground),
        ...links(
          'mods',
          apacheModules.map((name) => `${name}.load`),
        ),
        ...links(
          'mods',
          configured.map((name) => `${name}.conf`),
        ),
        ...links('conf', ['charset.conf', 'docker-php.conf', 'localized-error-pages.conf', 'security.conf']),
        ...links('sites', ['000-default.conf']),
        '/etc/apache2/conf-available/docker-php.conf': {
          text: '<FilesMatch \\.php$>\n\tSetHandler application/x-httpd-php\n</FilesMatch>\nDirectoryIndex disabled\nDirectoryIndex index.php index.html\n<Directory /var/www/>\n\tOptions -Indexes\n\tAllowOverride All\n</Directory>\n',
        },
        '/var/log/apache2': { directory: true, owner: 'www-data', mode: 0o1777 },
        '/var/log/apache2/access.log': { link: '/dev/stdout' },
        '/var/log/apache2/error.log': { link: '/dev/stderr' },
        '/var/log/apache2/other_vhosts_access.log': { link: '/dev/stdout' },
      },
      remove: ['/var/www/html/index.html'],
      config: (version) => ({
        entrypoint: ['docker-php-entrypoint'],
        command: ['apache2-foreground'],
        environment: {
          PHP_VERSION: version,
          PHP_INI_DIR: ini,
          PHPRC: ini,
          PHP_INI_SCAN_DIR: `${ini}/conf.d`,
          APACHE_CONFDIR: '/etc/apache2',
          APACHE_ENVVARS: '/etc/apache2/envvars',
        },
        workingDirectory: '/var/www/html',
        exposedPorts: [{ port: 80, protocol: 'tcp' }],
        stopSignal: 'SIGWINCH',
      }),
    },
    {
      tag: /fpm/,
      packages: [`php${release}-fpm`],
      files: {
        '/usr/local/etc/php-fpm.conf': { text: 'include=/usr/local/etc/php-fpm.d/*.conf\n' },
        '/usr/local/etc/php-fpm.d/docker.conf': { text: fpm },
        '/usr/local/sbin/php-fpm': script(
          `#!/bin/sh\nset -- /usr/sbin/php-fpm${release} -y /usr/local/etc/php-fpm.conf "$@"\n${asServer}`,
        ),
      },
      config: (version) => ({
        entrypoint: ['docker-php-entrypoint'],
        command: ['php-fpm'],
        environment: {
          PHP_VERSION: version,
          PHP_INI_DIR: ini,
          PHPRC: ini,
          PHP_INI_SCAN_DIR: `${ini}/conf.d`,
        },
        workingDirectory: '/var/www/html',
        exposedPorts: [{ port: 9000, protocol: 'tcp' }],
        stopSignal: 'SIGQUIT',
      }),
    },
  ],
};
