/** What an instance type has; memory is the nominal one. */
export interface InstanceType {
  readonly name: string;
  readonly interfaces: number;
  /** Tasks with an interface of their own where the account has `awsvpcTrunking` on; undefined: not supported. */
  readonly trunked: number | undefined;
  /** MiB. */
  readonly memory: number;
  readonly vcpus: number;
  readonly architecture: 'X86_64' | 'ARM64';
}

const BURSTABLE_SIZES = ['nano', 'micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'];
const BURSTABLE_MEMORY = [512, 1024, 2048, 4096, 8192, 16_384, 32_768];
/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html */
const BURSTABLE: Readonly<Record<string, readonly number[]>> = {
  t2: [2, 2, 3, 3, 3, 3, 3],
  t3: [2, 2, 3, 3, 3, 4, 4],
  t3a: [2, 2, 2, 3, 3, 4, 4],
  t4g: [2, 2, 3, 3, 3, 4, 4],
};
/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-types.html */
const BURSTABLE_VCPUS: Readonly<Record<string, readonly number[]>> = {
  t2: [1, 1, 1, 2, 2, 4, 8],
  t3: [2, 2, 2, 2, 2, 4, 8],
};

/** Family → MiB for one virtual CPU. */
const FIXED: Readonly<Record<string, number>> = {
  ...family(['m5', 'm5a', 'm6i', 'm6a', 'm6g', 'm7i', 'm7a', 'm7g'], 4096),
  ...family(['c5', 'c6i', 'c6a', 'c6g', 'c7i', 'c7a', 'c7g'], 2048),
  ...family(['r5', 'r5a', 'r6i', 'r6a', 'r6g', 'r7i', 'r7a', 'r7g'], 8192),
};
/** Size → virtual CPUs, interfaces, and tasks with trunking: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html */
const FIXED_SIZES: Readonly<Record<string, readonly [vcpus: number, interfaces: number, trunked: number]>> = {
  large: [2, 3, 10],
  xlarge: [4, 4, 20],
  '2xlarge': [8, 4, 40],
  '4xlarge': [16, 8, 60],
};

function family(names: readonly string[], memory: number): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, memory]));
}

/** Undefined for a type that is not in the tables. */
export function instanceType(name: string): InstanceType | undefined {
  const [group = '', size = ''] = name.split('.');
  const index = BURSTABLE_SIZES.indexOf(size);
  const interfaces = Object.hasOwn(BURSTABLE, group) ? BURSTABLE[group]?.[index] : undefined;
  if (interfaces !== undefined)
    return {
      name,
      interfaces,
      trunked: undefined,
      memory: BURSTABLE_MEMORY[index] ?? 0,
      vcpus: BURSTABLE_VCPUS[group === 't2' ? 't2' : 't3']?.[index] ?? 0,
      architecture: group === 't4g' ? 'ARM64' : 'X86_64',
    };
  const perCpu = Object.hasOwn(FIXED, group) ? FIXED[group] : undefined;
  const fixed = Object.hasOwn(FIXED_SIZES, size) ? FIXED_SIZES[size] : undefined;
  if (perCpu === undefined || !fixed) return undefined;
  const [vcpus, count, trunked] = fixed;
  return {
    name,
    interfaces: count,
    trunked,
    memory: vcpus * perCpu,
    vcpus,
    architecture: group.endsWith('g') ? 'ARM64' : 'X86_64',
  };
}

/**
 * MiB that ECS may have for tasks: at most the share that AWS's own example has (7985 of 8192), for the kernel and firmware keep
 * theirs back; and what it surely has, which differs between images and kernels, most of all on small instances.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html
 */
export const mostMemory = ({ memory }: InstanceType): number => Math.floor((memory * 7985) / 8192);
export const sureMemory = ({ memory }: InstanceType): number => Math.floor(memory * 0.93) - 64;

/** One interface is the instance's own: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html */
export const taskInterfaces = ({ interfaces }: InstanceType): number => interfaces - 1;
