import type { Recipe } from './model.ts';
import { fileEnv, gosu, script } from './scripts.ts';

const release = 15;
const programs = `/usr/lib/postgresql/${release}/bin`;

/** https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh */
const entrypoint = `#!/bin/bash
set -Eeo pipefail
${fileEnv}
verify_environment() {
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    cat >&2 <<'EOE'
Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.
EOE
    exit 1
  fi
}
initialize_directory() {
  eval 'initdb --no-sync --username="$POSTGRES_USER" --pwfile=<(printf "%s\\n" "$POSTGRES_PASSWORD") '"$POSTGRES_INITDB_ARGS"
  # The official image has this in its sample configuration.
  sed -ri "s/^#?listen_addresses *= *'[^']*'/listen_addresses = '*'/" "$PGDATA/postgresql.conf"
  local auth=\${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "\${@:2}")}
  printf '\\nhost all all all %s\\n' "$auth" >> "$PGDATA/pg_hba.conf"
}
docker_process_sql() {
  local query=(psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc)
  if [ -n "$POSTGRES_DB" ]; then query+=(--dbname "$POSTGRES_DB"); fi
  PGHOST= PGHOSTADDR= "\${query[@]}" "$@"
}
process_files() {
  local f
  for f in /docker-entrypoint-initdb.d/*; do
    case "$f" in
    *.sh)
      if [ -x "$f" ]; then echo "$0: running $f"; "$f"; else echo "$0: sourcing $f"; . "$f"; fi ;;
    *.sql) echo "$0: running $f"; docker_process_sql -f "$f"; echo ;;
    *.sql.gz) echo "$0: running $f"; gunzip -c "$f" | docker_process_sql; echo ;;
    *.sql.xz) echo "$0: running $f"; xzcat "$f" | docker_process_sql; echo ;;
    '/docker-entrypoint-initdb.d/*') ;;
    *) echo "$0: ignoring $f" ;;
    esac
  done
}
if [ "\${1:0:1}" = - ]; then set -- postgres "$@"; fi
helps=
for argument; do
  case "$argument" in -'?' | --help | --describe-config | -V | --version) helps=yes ;; esac
done
if [ "$1" = postgres ] && [ ! "$helps" ]; then
  mkdir -p "$PGDATA"
  chmod 00700 "$PGDATA" || :
  mkdir -p /var/run/postgresql && chmod 03775 /var/run/postgresql || :
  if [ "$(id -u)" = 0 ]; then
    find "$PGDATA" ! -user postgres -exec chown postgres {} +
    find /var/run/postgresql ! -user postgres -exec chown postgres {} +
    exec gosu postgres "$0" "$@"
  fi
  file_env POSTGRES_PASSWORD
  file_env POSTGRES_USER postgres
  file_env POSTGRES_DB "$POSTGRES_USER"
  file_env POSTGRES_INITDB_ARGS
  if [ -s "$PGDATA/PG_VERSION" ]; then
    printf '\\nPostgreSQL Database directory appears to contain a database; Skipping initialization\\n\\n'
  else
    verify_environment
    ls /docker-entrypoint-initdb.d/ > /dev/null
    initialize_directory "$@"
    export PGPASSWORD="\${PGPASSWORD:-$POSTGRES_PASSWORD}"
    arguments=("$@")
    if [ "\${arguments[0]}" = postgres ]; then arguments=("\${arguments[@]:1}"); fi
    arguments+=(-c listen_addresses= -p 5432)
    NOTIFY_SOCKET= pg_ctl -D "$PGDATA" -o "$(printf '%q ' "\${arguments[@]}")" -w start
    if [ "$POSTGRES_DB" != postgres ]; then
      [ "$(POSTGRES_DB= docker_process_sql --dbname postgres --set db="$POSTGRES_DB" --tuples-only <<<"SELECT 1 FROM pg_database WHERE datname = :'db';")" ] ||
        POSTGRES_DB= docker_process_sql --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
    fi
    process_files
    pg_ctl -D "$PGDATA" -m fast -w stop
    unset PGPASSWORD
    printf '\\nPostgreSQL init process complete; ready for start up.\\n\\n'
  fi
fi
exec "$@"
`;

/** https://hub.docker.com/_/postgres */
export const postgres: Recipe = {
  names: ['postgres'],
  base: 'small',
  packages: [`postgresql-${release}`, 'bash', 'libc-bin'],
  program: `postgresql-${release}`,
  label: 'postgresql',
  files: {
    '/usr/local/bin/docker-entrypoint.sh': script(entrypoint),
    '/usr/local/bin/gosu': gosu,
    '/docker-entrypoint-initdb.d': { directory: true },
    '/usr/lib/locale/en_US.utf8': { link: 'C.utf8' },
    '/var/lib/postgresql': { directory: true, owner: 'postgres' },
    '/var/lib/postgresql/data': { directory: true, owner: 'postgres', mode: 0o1777 },
    '/run/postgresql': { directory: true, owner: 'postgres', mode: 0o3777 },
  },
  users: { postgres: { uid: 999, home: '/var/lib/postgresql', shell: '/bin/bash' } },
  remove: [
    '/etc/init.d',
    '/etc/logrotate.d',
    '/usr/share/postgresql-common',
    `/usr/lib/postgresql/${release}/lib/bitcode`,
    `/usr/lib/postgresql/${release}/lib/llvmjit.so`,
  ],
  differs: 'no JIT; en_US.utf8 sorts as C.UTF-8; no apt-get',
  config: (version, ids) => ({
    // As root it would become a user who does not exist.
    ...(ids === 'single' ? { user: 'postgres' } : {}),
    entrypoint: ['docker-entrypoint.sh'],
    command: ['postgres'],
    environment: {
      PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${programs}`,
      LANG: 'en_US.utf8',
      PG_MAJOR: String(release),
      PG_VERSION: version,
      PGDATA: '/var/lib/postgresql/data',
    },
    exposedPorts: [{ port: 5432, protocol: 'tcp' }],
    volumes: ['/var/lib/postgresql/data'],
    stopSignal: 'SIGINT',
  }),
};
