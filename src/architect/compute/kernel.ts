import type { Service } from '../../compose/app.ts';
import type { Problem } from '../../common/problem.ts';
import { defined } from '../intrinsics.ts';

/** Every container has these already: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html */
const DEFAULT_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const plain = (capability: string): string => capability.toUpperCase().replace(/^CAP_/, '');

/** What a container asks of the kernel, as far as Fargate takes it. */
export function kernelProperties({ limits }: Service): Record<string, unknown> {
  const files = limits.ulimits.find(({ name }) => name === 'nofile');
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html: the only one that can be added on Fargate
  const add = limits.capAdd.map(({ value }) => plain(value)).filter((name) => name === 'SYS_PTRACE');
  const drop = limits.capDrop.map(({ value }) => plain(value));
  const capabilities = defined({
    Add: add.length > 0 ? add : undefined,
    Drop: drop.length > 0 ? drop : undefined,
  });
  const linux = defined({
    InitProcessEnabled: limits.init ? true : undefined,
    Capabilities: Object.keys(capabilities).length > 0 ? capabilities : undefined,
  });
  return defined({
    LinuxParameters: Object.keys(linux).length > 0 ? linux : undefined,
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html: only nofile may differ on Fargate
    Ulimits: files && [{ Name: 'nofile', SoftLimit: files.soft, HardLimit: files.hard }],
    PseudoTerminal: limits.tty ? true : undefined,
    Interactive: limits.stdinOpen ? true : undefined,
  });
}

/** What it does not take. */
export function kernelNotices({ name, limits }: Service): Problem[] {
  const notice = (what: string, position: Problem['position']): Problem => ({
    code: 'not-on-fargate',
    message: `${what} of ${name} is not given on Fargate`,
    position,
  });
  const shared = limits.sharedMemoryMebibytes;
  return [
    ...limits.ulimits
      .filter((limit) => limit.name !== 'nofile')
      .map((limit) => notice(`the limit ${limit.name}`, limit.position)),
    ...limits.capAdd
      .filter(({ value }) => plain(value) !== 'SYS_PTRACE' && !DEFAULT_CAPABILITIES.has(plain(value)))
      .map(({ value, position }) => notice(`the capability ${value}`, position)),
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html (sharedMemorySize)
    ...(shared ? [notice(`shared memory of ${shared.value} MiB`, shared.position)] : []),
  ];
}
