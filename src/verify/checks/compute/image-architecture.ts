import {
  isUnknown,
  known,
  type ContainerDefinition,
  type System,
  type TaskDefinition,
  type Value,
} from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { instanceType } from './instance-types.ts';
import { called, capacityOf, onFargate, servicesOf } from './tasks.ts';

/** What registries call the architectures of ECS. */
const NAMES: Readonly<Record<string, string>> = { X86_64: 'amd64', ARM64: 'arm64' };

export const imageArchitecture: Check = {
  id: 'image-architecture',
  title: 'An image is built for the processor that its task runs on',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html',
  why: 'Nothing refuses it: the task starts and ends at once, and its log says “exec format error”. Without a RuntimePlatform Fargate takes X86_64; images built on a Mac with an M processor are for ARM64.',
  *find({ system, architectures }) {
    for (const task of system.taskDefinitions) {
      const processors = processorsOf(system, task);
      for (const container of task.containers) {
        const at = under(container.origin, 'Image');
        const image = known(container.image);
        const built = image === undefined ? undefined : (architectures?.get(image) ?? byName(container));
        if (isUnknown(container.image)) yield cannotTell(task.id, at, container.image.unknown);
        else if (!built) yield cannotTell(task.id, at, `what ${image ?? ''} is built for was not looked up`);
        else if (isUnknown(processors)) yield cannotTell(task.id, at, processors.unknown);
        else if (!processors.some((processor) => built.includes(NAMES[processor] ?? ''))) {
          const other = Object.keys(NAMES).find((name) => built.includes(NAMES[name] ?? ''));
          const movable = other !== undefined && known(onFargate(system, task)) === true;
          const path = under(task.origin, ['RuntimePlatform', 'CpuArchitecture']).path;
          yield found(task.id, at, {
            message: `${called(container)} runs ${image ?? ''}, which is built for ${built.join(', ')}, on ${processors.join(' or ')}`,
            fix: {
              says: movable
                ? `write RuntimePlatform: CpuArchitecture: ${other}, or build the image with --platform linux/${NAMES[processors[0] ?? ''] ?? 'amd64'}`
                : `build the image with --platform linux/${NAMES[processors[0] ?? ''] ?? 'amd64'}`,
              edits: movable
                ? [
                    { kind: 'set', path, value: other },
                    { kind: 'set', path: [...path.slice(0, -1), 'OperatingSystemFamily'], value: 'LINUX' },
                  ]
                : [],
            },
          });
        }
      }
    }
  },
};

/** What the task may come to run on. */
function processorsOf(system: System, task: TaskDefinition): Value<readonly string[]> {
  if (isUnknown(task.architecture)) return task.architecture;
  const explicit = system.resources.get(task.id)?.properties['RuntimePlatform'] !== undefined;
  const fargate = onFargate(system, task);
  if (explicit || fargate === true) return [task.architecture];
  if (isUnknown(fargate)) return fargate;
  const found = new Set<string>();
  for (const service of servicesOf(system, task)) {
    const capacity = capacityOf(system, service);
    if (isUnknown(capacity)) return capacity;
    for (const { instanceTypes } of capacity) {
      if (isUnknown(instanceTypes)) return instanceTypes;
      for (const name of instanceTypes) {
        const type = instanceType(name);
        if (!type) return { unknown: `the processor of ${name} is not known here` };
        found.add(type.architecture);
      }
    }
  }
  return found.size > 0 ? [...found] : { unknown: `no service runs ${task.id}: its instances are not known` };
}

/** Images that say by their name what they are built for; the namespaces are those of Docker’s official images. */
function byName({ image }: ContainerDefinition): readonly string[] | undefined {
  const reference = (known(image) ?? '').split('@')[0] ?? '';
  const namespace = /(?:^|\/)(amd64|arm64v8|arm32v7|i386)\/[^/]+$/.exec(reference)?.[1];
  const suffix = /:[^/]*[-_](amd64|x86_64|arm64|aarch64)(?:v8)?$/.exec(reference)?.[1];
  const name = namespace ?? suffix;
  if (name === undefined) return undefined;
  if (name === 'arm64v8' || name === 'aarch64') return ['arm64'];
  return [name === 'x86_64' ? 'amd64' : name === 'i386' ? '386' : name === 'arm32v7' ? 'arm' : name];
}
