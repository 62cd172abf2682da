import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, sha256 } from '../images/canonical.ts';
import type { LaunchContext } from '../launch/context.ts';

/**
 * Where only one user id exists, `chown node /app` cannot be done, and nearly every Dockerfile does it. There a step runs with a
 * system call filter that lets such calls succeed and do nothing: the one user owns all files anyway, and the image's USER is that
 * user under another name. https://hpc.github.io/charliecloud/ch-image.html (privilege model, "seccomp") found it to be enough for
 * most distributions. Filters can only be set by a program: this one is written byte by byte, for machines with x86-64.
 */
export function lenientProgram(): Buffer {
  const filter = bpf(ignored);
  const size = header + code.length + 16 + filter.length;
  const program = Buffer.alloc(size);
  // https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html: an executable with one segment, this file.
  program.write('\x7fELF\x02\x01\x01', 'latin1');
  program.writeUInt16LE(2, 16);
  program.writeUInt16LE(62, 18);
  program.writeUInt32LE(1, 20);
  program.writeBigUInt64LE(base + BigInt(header), 24);
  program.writeBigUInt64LE(64n, 32);
  program.writeUInt16LE(64, 52);
  program.writeUInt16LE(56, 54);
  program.writeUInt16LE(1, 56);
  program.writeUInt32LE(1, 64);
  program.writeUInt32LE(5, 68);
  program.writeBigUInt64LE(base, 80);
  program.writeBigUInt64LE(base, 88);
  program.writeBigUInt64LE(BigInt(size), 96);
  program.writeBigUInt64LE(BigInt(size), 104);
  program.writeBigUInt64LE(4096n, 112);
  code.copy(program, header);
  // struct sock_fprog, behind the code.
  const at = header + code.length;
  program.writeUInt16LE(filter.length / 8, at);
  program.writeBigUInt64LE(base + BigInt(at + 16), at + 8);
  filter.copy(program, at + 16);
  return program;
}

/** The words before a step's own, and the file that has to be mounted at the first; undefined where it is not made for the machine. */
export async function lenientWords({
  stateDirectory,
}: LaunchContext): Promise<
  { readonly source: string; readonly target: string; readonly words: readonly string[] } | undefined
> {
  if (process.arch !== 'x64') return undefined;
  const program = lenientProgram();
  const source = join(
    stateDirectory,
    `lenient-${sha256(canonicalJson(program.toString('hex'))).slice(0, 12)}`,
  );
  const draft = `${source}.${randomBytes(6).toString('hex')}`;
  await mkdir(stateDirectory, { recursive: true });
  await writeFile(draft, program);
  await chmod(draft, 0o755);
  await rename(draft, source);
  const target = '/run/fairway-lenient';
  // env looks the program up in PATH.
  return {
    source,
    target,
    words: [target, '/.fairway/loader', '--library-path', '/.fairway', '/.fairway/env', '--'],
  };
}

const base = 0x400000n;
const header = 120;

/** chown, fchown, lchown, fchownat; setuid, setgid, setreuid, setregid, setgroups, setresuid, setresgid, setfsuid, setfsgid, capset. */
const ignored = [92, 93, 94, 260, 105, 106, 113, 114, 116, 117, 119, 122, 123, 126];

/** https://docs.kernel.org/userspace-api/seccomp_filter.html: those calls give 0, all others go on. */
function bpf(calls: readonly number[]): Buffer {
  const load = 0x20;
  const equals = 0x15;
  const end = 0x06;
  const x86 = 0xc000003e;
  const instructions: (readonly [code: number, yes: number, no: number, value: number])[] = [
    [load, 0, 0, 4],
    [equals, 0, calls.length + 1, x86],
    [load, 0, 0, 0],
    ...calls.map((call, index) => [equals, calls.length - index, 0, call] as const),
    [end, 0, 0, 0x7fff0000],
    [end, 0, 0, 0x00050000],
  ];
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, yes, no, value]] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(yes, index * 8 + 2);
    bytes.writeUInt8(no, index * 8 + 3);
    bytes.writeUInt32LE(value, index * 8 + 4);
  }
  return bytes;
}

/** prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fprog); execve(argv[1], argv + 1, environment); exit(125). */
const code = Buffer.from(
  [
    'b89d000000 bf26000000 be01000000 31d2 4531d2 4531c0 0f05',
    'b89d000000 bf16000000 be02000000 488d152c000000 0f05',
    '85c0 751a',
    '488b7c2410 488d742410 488b0424 488d54c410 b83b000000 0f05',
    'bf7d000000 b83c000000 0f05',
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
);
