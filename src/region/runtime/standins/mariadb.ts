import type { Recipe } from './model.ts';
import { fileEnv, gosu, script } from './scripts.ts';

/** https://github.com/MariaDB/mariadb-docker/blob/master/docker-entrypoint.sh, and MySQL's, which it comes from. */
const entrypoint = (server: string) => `#!/bin/bash
set -eo pipefail
${fileEnv}
# MARIADB_X, else MYSQL_X, each of them also as X_FILE.
setting() {
  file_env "MARIADB_$1"
  file_env "MYSQL_$1"
  local first=MARIADB_$1 second=MYSQL_$1
  declare -g "$1=\${!first:-\${!second}}"
}
note() { printf '%s [Note] [Entrypoint]: %s\\n' "$(date '+%Y-%m-%d %H:%M:%S%z')" "$*"; }
fail() { printf '%s [ERROR] [Entrypoint]: %s\\n' "$(date '+%Y-%m-%d %H:%M:%S%z')" "$*" >&2; exit 1; }
quoted() { printf %s "$1" | sed -e 's/\\\\/\\\\\\\\/g' -e "s/'/\\\\\\\\'/g"; }
docker_process_sql() {
  mariadb --protocol=socket -uroot -hlocalhost --socket="$socket" --comments \${DATABASE:+--database="$DATABASE"} "$@"
}
process_files() {
  local f
  for f in /docker-entrypoint-initdb.d/*; do
    case "$f" in
    *.sh) if [ -x "$f" ]; then note "running $f"; "$f"; else note "sourcing $f"; . "$f"; fi ;;
    *.sql) note "running $f"; docker_process_sql < "$f" ;;
    *.sql.gz) note "running $f"; gunzip -c "$f" | docker_process_sql ;;
    *.sql.xz) note "running $f"; xzcat "$f" | docker_process_sql ;;
    '/docker-entrypoint-initdb.d/*') ;;
    *) note "ignoring $f" ;;
    esac
  done
}
if [ "\${1:0:1}" = - ]; then set -- ${server} "$@"; fi
helps=
for argument; do
  case "$argument" in -'?' | --help | --print-defaults | -V | --version) helps=yes ;; esac
done
case "$1" in mariadbd | mysqld) serves=yes ;; *) serves= ;; esac
if [ "$serves" ] && [ ! "$helps" ]; then
  note "Entrypoint script for ${server} started."
  values=$("$@" --verbose --help 2>/dev/null) || fail "${server} failed while attempting to check config: command was: $*"
  datadir=$(awk '/^datadir[[:space:]]/ { print $2; exit }' <<<"$values")
  datadir=\${datadir%/}
  socket=$(awk '/^socket[[:space:]]/ { print $2; exit }' <<<"$values")
  mkdir -p "$datadir" "\${socket%/*}"
  if [ "$(id -u)" = 0 ]; then
    find "$datadir" ! -user mysql -exec chown mysql: {} +
    find "\${socket%/*}" -maxdepth 0 ! -user mysql -exec chown mysql: {} +
    note "Switching to dedicated user 'mysql'"
    exec gosu mysql "$0" "$@"
  fi
  if [ ! -d "$datadir/mysql" ]; then
    for name in ROOT_PASSWORD ROOT_HOST DATABASE USER PASSWORD; do setting "$name"; done
    ALLOW_EMPTY=\${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-\${MARIADB_ALLOW_EMPTY_PASSWORD:-$MYSQL_ALLOW_EMPTY_PASSWORD}}
    RANDOM_PASSWORD=\${MARIADB_RANDOM_ROOT_PASSWORD:-$MYSQL_RANDOM_ROOT_PASSWORD}
    [ "$ROOT_PASSWORD$ALLOW_EMPTY$RANDOM_PASSWORD" ] ||
      fail "Database is uninitialized and password option is not specified
	You need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD (or their MYSQL_ names)"
    if [ "$USER" = root ]; then fail 'MARIADB_USER="root", MARIADB_USER and MARIADB_PASSWORD are for configuring the regular user and cannot be used for the root user'; fi
    note "Initializing database files"
    mariadb-install-db --datadir="$datadir" --skip-name-resolve --auth-root-authentication-method=normal --skip-test-db \\
      --loose-innodb_buffer_pool_load_at_startup=0 --loose-innodb_buffer_pool_dump_at_shutdown=0 > /dev/null
    note "Starting temporary server"
    "$@" --skip-networking --default-time-zone=SYSTEM --socket="$socket" --skip-log-bin --loose-innodb_buffer_pool_load_at_startup=0 &
    server=$!
    for round in {600..0}; do
      if DATABASE= docker_process_sql --database=mysql -e 'SELECT 1' > /dev/null 2>&1; then break; fi
      kill -0 "$server" 2>/dev/null || fail "Unable to start server."
      sleep 0.1
    done
    [ "$round" != 0 ] || fail "Unable to start server."
    if [ "$RANDOM_PASSWORD" ]; then
      ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64)
      note "GENERATED ROOT PASSWORD: $ROOT_PASSWORD"
    fi
    health=$(head -c 24 /dev/urandom | base64)
    host=\${ROOT_HOST:-%}
    {
      echo "SET @@SESSION.SQL_LOG_BIN=0; SET @@SESSION.SQL_MODE=REPLACE(@@SESSION.SQL_MODE, 'NO_BACKSLASH_ESCAPES', '');"
      echo "DROP USER IF EXISTS root@'127.0.0.1', root@'::1'; EXECUTE IMMEDIATE CONCAT('DROP USER IF EXISTS root@', QUOTE(LOWER(@@hostname)));"
      for at in localhost 127.0.0.1 ::1; do
        echo "CREATE USER healthcheck@'$at' IDENTIFIED BY '$health'; GRANT USAGE ON *.* TO healthcheck@'$at';"
      done
      [ "$host" = localhost ] ||
        echo "CREATE USER 'root'@'$(quoted "$host")' IDENTIFIED BY '$(quoted "$ROOT_PASSWORD")'; GRANT ALL ON *.* TO 'root'@'$(quoted "$host")' WITH GRANT OPTION;"
      if [ "$DATABASE" ]; then echo "CREATE DATABASE IF NOT EXISTS \\\`$DATABASE\\\`;"; fi
      if [ "$USER" ] && [ "$PASSWORD" ]; then
        echo "CREATE USER '$(quoted "$USER")'@'%' IDENTIFIED BY '$(quoted "$PASSWORD")';"
        if [ "$DATABASE" ]; then echo "GRANT ALL ON \\\`\${DATABASE//_/\\\\_}\\\`.* TO '$(quoted "$USER")'@'%';"; fi
      fi
    } | DATABASE= docker_process_sql --database=mysql
    printf '[client]\\nport=3306\\nsocket=%s\\nuser=healthcheck\\npassword=%s\\n' "$socket" "$health" > "$datadir/.my-healthcheck.cnf"
    process_files
    # Last, so that files of the start may come in without it.
    echo "SET @@SESSION.SQL_LOG_BIN=0; SET PASSWORD FOR 'root'@'localhost' = PASSWORD('$(quoted "$ROOT_PASSWORD")');" |
      DATABASE= docker_process_sql --database=mysql
    note "Stopping temporary server"
    kill "$server"
    wait "$server" || fail "Unable to shut down server."
    note "MariaDB init process done. Ready for start up."
  fi
fi
exec "$@"
`;

/** https://github.com/MariaDB/mariadb-docker/blob/master/healthcheck.sh */
const healthCheck = `#!/bin/bash
set -eo pipefail
ask() { mariadb --defaults-file="\${MARIADB_DATADIR:-/var/lib/mysql}/.my-healthcheck.cnf" --skip-column-names -e "$1"; }
[ $# -gt 0 ] || { echo "At least one argument required" >&2; exit 1; }
for argument; do
  case "$argument" in
  --su-mysql | --no-defaults | --defaults-*) ;;
  --connect)
    output=$(mariadb-admin --defaults-file="\${MARIADB_DATADIR:-/var/lib/mysql}/.my-healthcheck.cnf" --protocol tcp -h localhost ping 2>&1) || :
    [ "$output" = "mysqld is alive" ] || { echo "$output" >&2; exit 1; } ;;
  --innodb_initialized)
    [ "$(ask "select 1 from information_schema.ENGINES WHERE engine='innodb' AND support in ('YES', 'DEFAULT', 'ENABLED')")" = 1 ] ;;
  *) echo "healthcheck.sh: $argument is not enacted in a stand-in" >&2; exit 1 ;;
  esac
done
`;

const configuration = `[client-server]
socket = /run/mysqld/mysqld.sock
!includedir /etc/mysql/conf.d/
!includedir /etc/mysql/mariadb.conf.d/
[mariadb]
skip-host-cache
skip-name-resolve
`;

/** https://hub.docker.com/_/mariadb */
export const mariadb: Recipe = {
  names: ['mariadb'],
  base: 'small',
  packages: ['mariadb-server-core', 'mariadb-client', 'mariadb-client-core', 'bash', 'tzdata'],
  program: 'mariadb-server-core',
  label: 'mariadb',
  files: {
    '/usr/local/bin/docker-entrypoint.sh': script(entrypoint('mariadbd')),
    '/usr/local/bin/healthcheck.sh': script(healthCheck),
    '/usr/local/bin/gosu': gosu,
    '/docker-entrypoint-initdb.d': { directory: true },
    '/etc/mysql/my.cnf': { text: configuration },
    '/etc/mysql/conf.d': { directory: true },
    '/etc/mysql/mariadb.conf.d': { directory: true },
    '/var/lib/mysql': { directory: true, owner: 'mysql', mode: 0o1777 },
    '/run/mysqld': { directory: true, owner: 'mysql', mode: 0o1777 },
  },
  users: { mysql: { uid: 999, home: '/var/lib/mysql' } },
  remove: ['/etc/init.d', '/etc/logrotate.d', '/etc/mysql', '/usr/bin/mytop', '/usr/bin/innotop'],
  differs: 'no Galera and no mariadb-backup; no apt-get',
  config: (version, ids) => ({
    ...(ids === 'single' ? { user: 'mysql' } : {}),
    entrypoint: ['docker-entrypoint.sh'],
    command: ['mariadbd'],
    environment: { LANG: 'C.UTF-8', MARIADB_VERSION: version },
    exposedPorts: [{ port: 3306, protocol: 'tcp' }],
    volumes: ['/var/lib/mysql'],
  }),
};

/** Options that only MySQL has are no errors: https://mariadb.com/kb/en/mariadbd-options/ (the prefix `loose`). */
const mysqld = `#!/bin/bash
arguments=()
for argument; do
  case "\${argument//_/-}" in
  --default-authentication-plugin* | --authentication-policy* | --mysql-native-password* | --mysqlx* | --log-error-verbosity* | --innodb-redo-log-capacity* | --innodb-dedicated-server* | --host-cache-size* | --binlog-expire-logs-auto-purge* | --caching-sha2-password*)
    argument=--loose-\${argument#--} ;;
  esac
  arguments+=("$argument")
done
exec /usr/sbin/mysqld "\${arguments[@]}"
`;

/** https://hub.docker.com/_/mysql; Debian has MariaDB in its place. */
export const mysql: Recipe = {
  ...mariadb,
  names: ['mysql'],
  label: 'MariaDB',
  files: {
    ...mariadb.files,
    '/usr/local/bin/docker-entrypoint.sh': script(entrypoint('mysqld')),
    '/usr/local/bin/mysqld': script(mysqld),
  },
  differs:
    'MariaDB: no caching_sha2_password, X protocol, utf8mb4_0900 collations or MySQL shell; options of mysqld that only MySQL has are passed over with a warning of the server',
  config: (version, ids) => ({
    ...mariadb.config(version, ids),
    command: ['mysqld'],
    environment: {},
    exposedPorts: [
      { port: 3306, protocol: 'tcp' },
      { port: 33060, protocol: 'tcp' },
    ],
  }),
};
