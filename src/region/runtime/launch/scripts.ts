/**
 * The fixed programs that run in netd's namespaces. Values reach them as arguments or in the environment, and none is ever
 * evaluated as text of the shell. Mount points are paths without symbolic links (see `lookUp`), so that nothing outside of the root
 * can be touched while the host's files are still in sight.
 */

/**
 * Starts a container in fresh mount, IPC and UTS namespaces; the first child is PID 1 of the PID namespace and becomes the program.
 * The shell around it gives the exit code as docker does (unshare --fork loses it for SIGKILL in some versions) and is silent about
 * signals. `ready` on standard output means that the program follows; standard error says why it does not. The program itself
 * writes into the two FIFOs, which can be opened anew by /dev/stdout and /dev/stderr, as sockets cannot.
 * As in docker any user may listen on any port: https://github.com/moby/moby/blob/master/daemon/oci_linux.go (WithSysctls).
 * After the pivot only builtins and what lies in /.fairway can run: the image may have no shell at all.
 */
export const startScript = String.raw`
exec 5>&2 2>/dev/null
(
exec 2>&5 5>&-
set -eu
exec 3>"$1/stdout" 4>"$1/stderr"
layers=$2 overlay=$3 root=$1/root fstab=$1/fstab devices=$4 hostname=$5 readonly=$6 soft=$7 hard=$8 input=$9
[ "$input" != open ] || exec 6<"$1/stdin"
shift 9
echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start
while [ "$1" != -- ]; do printf '%s' "$2" > "/proc/sys/$1"; shift 2; done; shift
cd "$layers"
mount -t overlay -o "$overlay" overlay "$root"
while [ "$1" != -- ]; do [ -d "$root$1" ] || mkdir -p "$root$1"; shift; done; shift
while [ "$1" != -- ]; do [ -e "$root$1" ] || : > "$root$1"; shift; done; shift
mount -t tmpfs -o nosuid,noexec,mode=755,size=65536k tmpfs "$root/dev"
cp -a "$devices/." "$root/dev"
mount --all --fstab "$fstab"
[ "$readonly" = no ] || mount -o remount,bind,ro "$root"
hostname "$hostname"
cd "$root"
pivot_root . .fairway/host
/.fairway/loader --library-path /.fairway /.fairway/umount --lazy /.fairway/host
umask 022
ulimit -Sn "$soft" 2>/dev/null || :
ulimit -Hn "$hard" 2>/dev/null || :
ulimit -Sn "$soft" 2>/dev/null || ulimit -Sn "$(ulimit -Hn)"

fairway_directory=$1 fairway_path=$2 fairway_program=$3 fairway_count=$4
shift 4
fairway_fail() { printf '%s\n' "$1" >&2; exit 125; }
cd "$fairway_directory" || fairway_fail "chdir to cwd (\"$fairway_directory\") set in config.json failed"
case $fairway_program in
*/*)
  [ -e "$fairway_program" ] || fairway_fail "exec: \"$fairway_program\": stat $fairway_program: no such file or directory"
  [ ! -d "$fairway_program" ] || fairway_fail "exec: \"$fairway_program\": is a directory"
  [ -x "$fairway_program" ] || fairway_fail "exec: \"$fairway_program\": permission denied"
  ;;
*)
  fairway_found=
  IFS=:
  set -f
  for fairway_entry in $fairway_path; do
    [ -f "$fairway_entry/$fairway_program" ] && [ -x "$fairway_entry/$fairway_program" ] && fairway_found=yes && break
  done
  set +f
  unset IFS
  [ "$fairway_found" ] || fairway_fail "exec: \"$fairway_program\": executable file not found in \$PATH"
  ;;
esac
echo ready
case $input in
terminal) exec 3>&- 4>&- ;;
open) exec <&6 >&3 2>&4 3>&- 4>&- 6<&- ;;
*) exec </dev/null >&3 2>&4 3>&- 4>&- ;;
esac
unset PATH LC_ALL LIBMOUNT_FORCE_MOUNT2 OLDPWD
fairway_index=0
while [ "$fairway_index" -lt "$fairway_count" ]; do
  eval "fairway_entry=\$FAIRWAY_ENV_$fairway_index; unset FAIRWAY_ENV_$fairway_index"
  export "$fairway_entry"
  fairway_index=$((fairway_index + 1))
done
exec "$@"
)
exit $?
`;

/** Runs one more program in a container: joins the namespaces of the program `$2` levels below `$1`. Standard input stays. */
export const execScript = String.raw`
set -eu
fairway_child=$1 fairway_depth=$2 fairway_count=$3
shift 3
while [ "$fairway_depth" -gt 0 ]; do
  fairway_parent=$fairway_child
  read -r fairway_child fairway_rest < "/proc/$fairway_parent/task/$fairway_parent/children" || [ "$fairway_child" ] || exit 125
  fairway_depth=$((fairway_depth - 1))
done
fairway_nsenter=$(command -v nsenter)
unset PATH LC_ALL LIBMOUNT_FORCE_MOUNT2
fairway_index=0
while [ "$fairway_index" -lt "$fairway_count" ]; do
  eval "fairway_entry=\$FAIRWAY_ENV_$fairway_index; unset FAIRWAY_ENV_$fairway_index"
  export "$fairway_entry"
  fairway_index=$((fairway_index + 1))
done
exec "$fairway_nsenter" --target "$fairway_child" --mount --pid --ipc --uts --net -- "$@"
`;

/**
 * Copies out of a stack of layers: LAYERS OVERLAY ROOT, then KIND SOURCE DESTINATION as often as wanted. `content` copies what a
 * directory holds and its own mode and owner, `entry` the file or directory itself. Existing links are replaced, not followed.
 */
export const copyScript = String.raw`
set -eu
layers=$1 overlay=$2 root=$3
shift 3
cd "$layers"
mount -t overlay -o "$overlay" overlay "$root"
while [ $# -gt 0 ]; do
  if [ "$1" = content ]; then
    mkdir -p "$3"
    cp -a --remove-destination "$root$2/." "$3/"
  else
    cp -a --remove-destination "$root$2" "$3"
  fi
  shift 3
done
`;

/**
 * Goes down to a folder of a volume, never by a link: VOLUME OWNER MODE, then the folder names one by one. One that is missing is
 * made where MODE is given (OWNER may be empty), else the code is 3; 4 says that something else is in the way.
 */
export const folderScript = String.raw`
set -eu
cd "$1"
owner=$2 mode=$3
shift 3
for name; do
  [ ! -L "$name" ] || exit 4
  if [ ! -d "$name" ]; then
    [ ! -e "$name" ] || exit 4
    [ "$mode" ] || exit 3
    mkdir "$name"
    [ ! "$owner" ] || chown "$owner" "$name"
    chmod "$mode" "$name"
  fi
  cd "./$name"
done
`;
