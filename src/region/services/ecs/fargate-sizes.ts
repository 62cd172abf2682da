import { clientError } from './errors.ts';

const range = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
const GIB = 1024;

/** CPU units → MiB. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html */
const sizes: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, GIB, 2 * GIB]],
  [512, range(GIB, 4 * GIB, GIB)],
  [1024, range(2 * GIB, 8 * GIB, GIB)],
  [2048, range(4 * GIB, 16 * GIB, GIB)],
  [4096, range(8 * GIB, 30 * GIB, GIB)],
  [8192, range(16 * GIB, 60 * GIB, 4 * GIB)],
  [16_384, range(32 * GIB, 120 * GIB, 8 * GIB)],
]);

/** "1024" or "1 vCPU". https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
export function parseCpu(text: string): number {
  const [, number = '', unit] = /^\s*(\d+|\d*\.\d+)\s*(vcpu)?\s*$/i.exec(text) ?? [];
  const units = Number(number) * (unit ? 1024 : 1);
  if (!number || !Number.isInteger(units)) throw clientError("Invalid 'cpu' setting for task.");
  return units;
}

/** "2048" or "2 GB". https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
export function parseMemory(text: string): number {
  const [, number = '', unit] = /^\s*(\d+|\d*\.\d+)\s*(gb)?\s*$/i.exec(text) ?? [];
  const mebibytes = Number(number) * (unit ? GIB : 1);
  if (!number || !Number.isInteger(mebibytes)) throw clientError("Invalid 'memory' setting for task.");
  return mebibytes;
}

export const isFargateSize = (cpu: number, memory: number): boolean =>
  sizes.get(cpu)?.includes(memory) ?? false;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html */
export function checkFargateSize(cpu: number | undefined, memory: number | undefined): void {
  if (cpu === undefined || memory === undefined)
    throw clientError(
      "Fargate requires that 'cpu' be defined at the task level.".replace('cpu', cpu ? 'memory' : 'cpu'),
    );
  if (!sizes.has(cpu)) throw clientError("Invalid 'cpu' setting for task.");
  if (!isFargateSize(cpu, memory)) throw clientError('No Fargate configuration exists for given values.');
}
