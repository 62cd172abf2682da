import type { Service } from '../compose/app.ts';
import type { Problem } from '../common/problem.ts';
import type { Task } from './tasks.ts';

export interface TaskSize {
  /** CPU units; 1024 are one virtual CPU. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
}

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size */
const FARGATE_SIZES: readonly (readonly [cpu: number, memory: readonly number[]])[] = [
  [256, [512, 1024, 2048]],
  [512, range(1024, 4096, 1024)],
  [1024, range(2048, 8192, 1024)],
  [2048, range(4096, 16_384, 1024)],
  [4096, range(8192, 30_720, 1024)],
  [8192, range(16_384, 61_440, 4096)],
  [16_384, range(32_768, 122_880, 8192)],
];

/** The smallest Fargate task that has what its containers ask for together; a problem where none is so large. */
export function taskSize({ owner, sidecars, inits }: Task): TaskSize | Problem {
  const { settings, name } = owner;
  // What runs to its end has gone when the others begin.
  const sum = (of: (service: Service) => number) =>
    Math.max(
      [owner, ...sidecars].reduce((total, service) => total + of(service), 0),
      ...inits.map(of),
    );
  const cpu = settings.cpu?.value ?? sum(({ cpus }) => Math.ceil((cpus?.value ?? 0) * 1024));
  const memory = settings.memory?.value ?? sum((service) => service.memory?.value ?? 0);
  for (const [units, sizes] of FARGATE_SIZES) {
    const size = sizes.find((candidate) => candidate >= memory);
    if (units >= cpu && size !== undefined) return { cpu: units, memory: size };
  }
  return {
    code: 'fargate-size',
    message: `service ${name} asks for ${cpu} CPU units and ${memory} MiB, more than a Fargate task can have`,
    position: (settings.cpu ?? owner.cpus ?? settings.memory ?? owner.memory)?.position ?? owner.position,
    fix: 'the largest task has 16384 CPU units (cpus: "16") and 122880 MiB (memory: 120g)',
  };
}
