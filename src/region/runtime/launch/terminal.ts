import { launchEnvironment } from './context.ts';

export interface Started {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** script(1) takes one line of shell, so the words come by the environment. */
const terminalScript = String.raw`
fairway_index=0
set --
while [ "$fairway_index" -lt "$FAIRWAY_WORDS" ]; do
  eval "set -- \"\$@\" \"\$FAIRWAY_WORD_$fairway_index\"; unset FAIRWAY_WORD_$fairway_index"
  fairway_index=$((fairway_index + 1))
done
unset FAIRWAY_WORDS
exec "$@"
`;

/** The same program on a terminal of its own: one process, script(1), and one shell stand above it. */
export function onTerminal({ argv, env }: Started): Started {
  const words = Object.fromEntries(argv.map((word, index) => [`FAIRWAY_WORD_${index}`, word]));
  return {
    argv: ['script', '--quiet', '--return', '--flush', '--command', terminalScript, '/dev/null'],
    env: {
      ...launchEnvironment,
      SHELL: '/bin/sh',
      ...env,
      ...words,
      FAIRWAY_WORDS: String(argv.length),
    },
  };
}
