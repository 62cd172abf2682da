import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Netd } from '../../../network/netd-client.ts';
import { launchEnvironment } from '../../launch/context.ts';

/** A local tar archive that ADD unpacks: https://docs.docker.com/reference/dockerfile/#adding-local-tar-archives */
export interface Archive {
  readonly file: string;
  readonly digest: string;
}

const magic: readonly (readonly [at: number, bytes: string])[] = [
  [0, '1f8b'],
  [0, '425a68'],
  [0, 'fd377a585a00'],
  [0, '28b52ffd'],
  [257, '7573746172'],
];

/** The archive that a file is, told by its content; undefined for any other file. */
export async function readArchive(netd: Netd, file: string): Promise<Archive | undefined> {
  if (!(await looksPacked(file))) return undefined;
  // A compressed file that is no archive is copied as it is.
  const { code } = await netd.run(['tar', '--list', '--file', file], { env: launchEnvironment });
  if (code !== 0) return undefined;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return { file, digest: hash.digest('hex') };
}

async function looksPacked(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const head = Buffer.alloc(262);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const text = head.subarray(0, bytesRead).toString('hex');
    return magic.some(([at, bytes]) => text.startsWith(bytes, at * 2));
  } finally {
    await handle.close();
  }
}

/** Into a folder without links; tar itself keeps members from leaving it. Owners come along where they exist. */
export async function unpack(netd: Netd, { file }: Archive, directory: string): Promise<void> {
  const owner = netd.ids === 'range' ? '--same-owner' : '--no-same-owner';
  const words = [
    'tar',
    '--extract',
    '--file',
    file,
    '--directory',
    directory,
    '--numeric-owner',
    '--same-permissions',
  ];
  const { code, stderr } = await netd.run([...words, owner], { env: launchEnvironment });
  if (code !== 0) throw new Error(`cannot unpack ${file}: ${stderr.trim()}`);
}
