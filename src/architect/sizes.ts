import type { Service } from '../compose/app.ts';
import type { Problem } from '../common/problem.ts';

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

/** The smallest Fargate task that has what a service asks for; a problem where no task is so large. */
export function taskSize(service: Service): TaskSize | Problem {
  const { settings } = service;
  const cpu = settings.cpu?.value ?? Math.ceil((service.cpus?.value ?? 0) * 1024);
  const memory = settings.memory?.value ?? service.memory?.value ?? 0;
  for (const [units, sizes] of FARGATE_SIZES) {
    const size = sizes.find((candidate) => candidate >= memory);
    if (units >= cpu && size !== undefined) return { cpu: units, memory: size };
  }
  return {
    code: 'fargate-size',
    message: `service ${service.name} asks for ${cpu} CPU units and ${memory} MiB, more than a Fargate task can have`,
    position:
      (settings.cpu ?? service.cpus ?? settings.memory ?? service.memory)?.position ?? service.position,
    fix: 'the largest task has 16384 CPU units (cpus: "16") and 122880 MiB (memory: 120g)',
  };
}
