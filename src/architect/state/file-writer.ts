/** What the writing container does, one after the other. */
export type WriterStep =
  /** What the image has in a folder stays visible there. */
  | { readonly kind: 'keep'; readonly folder: string; readonly mount: string }
  | {
      readonly kind: 'text' | 'base64';
      /** The variable that holds the content. */
      readonly variable: string;
      readonly path: string;
      readonly mode: number;
      /** `uid:gid`; root where it is absent. */
      readonly owner?: string;
    };

/** Values are arguments; only names of variables that Fairway gives are put into what is evaluated. */
const SCRIPT = `set -eu
while [ "$#" -gt 0 ]; do
  if [ "$1" = keep ]; then
    if [ -d "$2" ]; then cp -a "$2/." "$3/"; fi
    shift 3
    continue
  fi
  mkdir -p "\${3%/*}"
  eval "value=\\$$2"
  rm -f "$3"
  if [ "$1" = base64 ]; then printf %s "$value" | base64 -d > "$3"; else printf %s "$value" > "$3"; fi
  chmod "$4" "$3"
  if [ "$5" != - ]; then chown "$5" "$3"; fi
  shift 5
done
`;

/** The script and what it is given, as the words of a container's entry point. */
export const writerArguments = (steps: readonly WriterStep[]): readonly string[] => [
  'sh',
  '-c',
  SCRIPT,
  'fairway',
  ...steps.flatMap((step) =>
    step.kind === 'keep'
      ? ['keep', step.folder, step.mount]
      : [step.kind, step.variable, step.path, step.mode.toString(8).padStart(4, '0'), step.owner ?? '-'],
  ),
];
