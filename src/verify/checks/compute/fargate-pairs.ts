/** CPU units → MiB: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html */
const PAIRS: readonly (readonly [cpu: number, memory: readonly number[]])[] = [
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096)],
  [1024, steps(2048, 8192)],
  [2048, steps(4096, 16_384)],
  [4096, steps(8192, 30_720)],
  [8192, steps(16_384, 61_440, 4096)],
  [16_384, steps(32_768, 122_880, 8192)],
];

function steps(from: number, to: number, by = 1024): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, index) => from + index * by);
}

export const isPair = (cpu: unknown, memory: unknown): boolean =>
  PAIRS.some(([units, sizes]) => units === cpu && sizes.includes(memory as number));

/** The smallest pair that has at least as much of both. */
export function nearestPair(cpu: number, memory: number): readonly [cpu: number, memory: number] {
  for (const [units, sizes] of PAIRS) {
    const size = sizes.find((candidate) => candidate >= memory);
    if (units >= cpu && size !== undefined) return [units, size];
  }
  return [16_384, 122_880];
}
