import type { StandInFile } from './model.ts';

/** A program of a stand-in, written for its own shell. */
export const script = (text: string): StandInFile => ({ text, mode: 0o755 });

/**
 * https://github.com/tianon/gosu: becomes a user and runs a program. Where no other user exists nobody can become one, and the program
 * runs as who is there.
 */
export const gosu = script(`#!/bin/sh
user=\${1%%:*}
shift
[ "$(awk 'NR == 2' /proc/self/uid_map)" ] && [ "$(id -u)" = 0 ] || exec "$@"
exec su -s /bin/sh "$user" -c 'exec "$0" "$@"' -- "$@"
`);

/** `file_env` of the official entry points: NAME, or what the file that NAME_FILE names holds. For bash. */
export const fileEnv = `file_env() {
  local name=$1 file_name=\${1}_FILE default=\${2:-}
  if [ "\${!name:-}" ] && [ "\${!file_name:-}" ]; then
    echo "error: both $name and $file_name are set (but are exclusive)" >&2
    exit 1
  fi
  local value=$default
  if [ "\${!name:-}" ]; then value=\${!name}; elif [ "\${!file_name:-}" ]; then value=$(<"\${!file_name}"); fi
  export "$name"="$value"
  unset "$file_name"
}
`;

/** Programs that only tell that no package can be added. */
const noPackages = (name: string) =>
  script(`#!/bin/sh
echo "${name}: this image stands in without a package manager; add packages to an image on debian, and copy from there" >&2
exit 1
`);
export const noPackageManager: Readonly<Record<string, StandInFile>> = {
  '/usr/local/bin/apt-get': noPackages('apt-get'),
  '/usr/local/bin/apk': noPackages('apk'),
};
