/**
 * The init of a container that wants one: PID 1 starts the program, passes every signal on to it, and reaps what it leaves behind
 * (the shell waits for any child). A program in the background of a shell ignores INT and QUIT, which env(1) takes back.
 * https://docs.docker.com/reference/cli/docker/container/run/#init
 */
export const initScript = String.raw`
for signal in HUP INT QUIT USR1 USR2 ALRM TERM CONT TSTP TTIN TTOU URG WINCH; do
  trap "kill -$signal \$child 2>/dev/null" $signal
done
"$@" <&0 &
child=$!
while :; do
  wait "$child"
  code=$?
  kill -0 "$child" 2>/dev/null || break
done
# A signal may have come between the program's end and its being noticed.
wait "$child" 2>/dev/null
last=$?
[ "$last" = 127 ] || code=$last
exit "$code"
`;
