import { isUnknown, type Value } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';

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

export const fargateSize: Check = {
  id: 'fargate-size',
  title: 'CPU and memory of a Fargate task are a pair that Fargate has',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html',
  why: 'ECS refuses to register the task definition: “No Fargate configuration exists for given values”.',
  *find({ system }) {
    for (const { id, compatibilities, cpu, memory, origin } of system.taskDefinitions) {
      if (!compatibilities.includes('FARGATE')) continue;
      const open = [cpu, memory].find(isUnknown);
      if (open) {
        yield cannotTell(id, under(origin, 'Cpu'), open.unknown);
        continue;
      }
      if (fits(cpu, memory)) continue;
      const [units, size] = nearest(number(cpu), number(memory));
      yield found(id, under(origin, cpu === undefined ? [] : 'Cpu'), {
        message:
          cpu === undefined || memory === undefined
            ? `${id} is for Fargate and has no ${cpu === undefined ? 'Cpu' : 'Memory'}`
            : `Cpu ${number(cpu)} and Memory ${number(memory)} are no pair that Fargate has`,
        fix: {
          says: `write Cpu: '${units}' and Memory: '${size}'`,
          edits: [
            { kind: 'set', path: [...origin.path, 'Properties', 'Cpu'], value: String(units) },
            { kind: 'set', path: [...origin.path, 'Properties', 'Memory'], value: String(size) },
          ],
        },
      });
    }
  },
};

const number = (value: Value<number> | undefined) => (typeof value === 'number' ? value : 0);
const fits = (cpu: unknown, memory: unknown) =>
  PAIRS.some(([units, sizes]) => units === cpu && sizes.includes(memory as number));

/** The smallest pair that has at least as much of both. */
function nearest(cpu: number, memory: number): readonly [number, number] {
  for (const [units, sizes] of PAIRS) {
    const size = sizes.find((candidate) => candidate >= memory);
    if (units >= cpu && size !== undefined) return [units, size];
  }
  return [16_384, 122_880];
}
