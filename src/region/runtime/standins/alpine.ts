import type { StandInFile, Variant } from './model.ts';

/** Names of Alpine's packages where Debian's differ. */
const debianNames: Readonly<Record<string, string>> = {
  'alpine-sdk': 'build-essential git',
  'build-base': 'build-essential',
  'bind-tools': 'dnsutils',
  cargo: 'cargo',
  'docker-cli': 'docker.io',
  fontconfig: 'fontconfig',
  'freetype-dev': 'libfreetype-dev',
  gcompat: '',
  go: 'golang-go',
  'icu-data-full': '',
  'icu-dev': 'libicu-dev',
  'icu-libs': 'libicu-dev',
  'inotify-tools': 'inotify-tools',
  iputils: 'iputils-ping',
  'jpeg-dev': 'libjpeg-dev',
  'krb5-libs': 'libkrb5-3',
  'libc6-compat': '',
  'libffi-dev': 'libffi-dev',
  libgcc: '',
  libintl: '',
  'libjpeg-turbo-dev': 'libjpeg-dev',
  'libpng-dev': 'libpng-dev',
  libpq: 'libpq5',
  'libstdc++': '',
  'libxml2-dev': 'libxml2-dev',
  'libxslt-dev': 'libxslt1-dev',
  'libzip-dev': 'libzip-dev',
  'linux-headers': 'linux-libc-dev',
  'mariadb-connector-c-dev': 'libmariadb-dev',
  'mariadb-dev': 'libmariadb-dev',
  'mysql-client': 'mariadb-client',
  'musl-dev': 'libc6-dev',
  'netcat-openbsd': 'netcat-openbsd',
  npm: 'npm',
  'oniguruma-dev': 'libonig-dev',
  'openjdk11-jre': 'openjdk-17-jre-headless',
  openjdk17: 'openjdk-17-jdk-headless',
  'openjdk17-jre': 'openjdk-17-jre-headless',
  openssh: 'openssh-client',
  'openssl-dev': 'libssl-dev',
  pkgconfig: 'pkg-config',
  'postgresql-dev': 'libpq-dev',
  'procps-ng': 'procps',
  'py-pip': 'python3-pip',
  'py3-pip': 'python3-pip',
  python2: 'python3',
  'python3-dev': 'python3-dev',
  shadow: '',
  sqlite: 'sqlite3',
  'sqlite-dev': 'libsqlite3-dev',
  'su-exec': '',
  'vips-dev': 'libvips-dev',
  'yaml-dev': 'libyaml-dev',
  'zlib-dev': 'zlib1g-dev',
};

const cases = Object.entries(debianNames)
  .map(([alpineName, names]) => `  ${alpineName}) echo '${names}' ;;`)
  .join('\n');

/** https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper */
const apk = `#!/bin/sh
# Alpine's packages cannot be had; Debian's of the same purpose serve.
set -e
debian_name() {
  case "$1" in
${cases}
  *) echo "$1" ;;
  esac
}
command= names=
while [ $# -gt 0 ]; do
  case "$1" in
  --virtual | -t | --repository | -X | --arch | -p | --root) shift ;;
  --allow-untrusted | -*) ;;
  *) if [ "$command" ]; then names="$names $1"; else command=$1; fi ;;
  esac
  [ $# -eq 0 ] || shift
done
case "$command" in
add)
  wanted=
  for name in $names; do
    case "$name" in .*) continue ;; esac
    name=\${name%%[=<>~@]*}
    wanted="$wanted $(debian_name "$name")"
  done
  [ "$(echo $wanted)" ] || exit 0
  echo "apk: this image stands in on Debian packages; apt-get installs:$(printf ' %s' $wanted)" >&2
  export DEBIAN_FRONTEND=noninteractive
  [ -n "$(ls /var/lib/apt/lists/*_Packages* 2>/dev/null)" ] || apt-get -qq update
  for name in $wanted; do
    apt-cache show "$name" >/dev/null 2>&1 || {
      echo "apk: Debian has no package $name; install what it brings in another way, with apt-get perhaps" >&2
      exit 1
    }
  done
  apt-get -qq install -y --no-install-recommends $wanted
  ;;
del) ;;
update) apt-get -qq update ;;
upgrade | fix | cache | version) ;;
info) dpkg-query -W -f '\${Package}\\n' $names ;;
search) apt-cache search --names-only "$names" ;;
*) echo "apk: $command is not enacted where an image stands in on Debian packages" >&2; exit 1 ;;
esac
`;

/** https://busybox.net/downloads/BusyBox.html#adduser */
const adduser = `#!/bin/sh
set -e
case " $* " in *' --'*) exec /usr/sbin/adduser "$@" ;; esac
arguments= group=
while getopts h:g:s:G:SDHu:k: option; do
  case "$option" in
  h) arguments="$arguments --home-dir $OPTARG" ;;
  s) arguments="$arguments --shell $OPTARG" ;;
  G) group=$OPTARG ;;
  S) arguments="$arguments --system" ;;
  H) arguments="$arguments --no-create-home"; home=no ;;
  u) arguments="$arguments --uid $OPTARG" ;;
  D | g | k) ;;
  *) exit 1 ;;
  esac
done
shift $((OPTIND - 1))
if [ $# -eq 2 ]; then exec usermod --append --groups "$2" "$1"; fi
[ "$home" ] || arguments="$arguments --create-home"
if [ "$group" ]; then arguments="$arguments --gid $group"; else arguments="$arguments --user-group"; fi
exec useradd $arguments "$1"
`;
const addgroup = `#!/bin/sh
set -e
case " $* " in *' --'*) exec /usr/sbin/addgroup "$@" ;; esac
arguments=
while getopts g:S option; do
  case "$option" in
  g) arguments="$arguments --gid $OPTARG" ;;
  S) arguments="$arguments --system" ;;
  *) exit 1 ;;
  esac
done
shift $((OPTIND - 1))
if [ $# -eq 2 ]; then exec usermod --append --groups "$2" "$1"; fi
exec groupadd $arguments "$1"
`;
const suExec = `#!/bin/sh
user=\${1%%:*} group=\${1#*:}
[ "$group" != "$1" ] || group=$(id -g "$user")
shift
# Where no other user exists nobody can become one.
[ "$(awk 'NR == 2' /proc/self/uid_map)" ] || exec "$@"
exec setpriv --reuid "$user" --regid "$group" --init-groups -- "$@"
`;
const script = (text: string): StandInFile => ({ text, mode: 0o755 });

/** What Dockerfiles of alpine images call. */
export const alpine: Omit<Variant, 'tag'> = {
  packages: ['busybox-static'],
  files: {
    '/usr/sbin/apk': script(apk),
    '/usr/local/sbin/adduser': script(adduser),
    '/usr/local/sbin/addgroup': script(addgroup),
    '/usr/local/sbin/su-exec': script(suExec),
    '/usr/bin/ash': { link: 'busybox' },
    ...Object.fromEntries(
      ['wget', 'vi', 'nc', 'ping', 'ps', 'unzip', 'nslookup', 'less', 'xxd', 'top', 'pgrep', 'free'].map(
        (name) => [`/usr/local/bin/${name}`, { link: '/bin/busybox' } as const],
      ),
    ),
  },
};
