/** Lines of a container that are kept, and characters of one. */
const KEPT_LINES = 20;
const KEPT_CHARACTERS = 1000;

/** The last lines of a container: enough to see why it ended, little enough to keep for every stopped task. */
export interface Remembered {
  add(lines: readonly string[]): void;
  lines(): readonly string[];
}

export function rememberLines(): Remembered {
  let kept: string[] = [];
  return {
    add(lines) {
      const last = lines.slice(-KEPT_LINES).map((line) => line.slice(0, KEPT_CHARACTERS));
      kept = [...kept, ...last].slice(-KEPT_LINES);
    },
    lines: () => kept,
  };
}
