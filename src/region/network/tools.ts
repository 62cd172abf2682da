import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OperationError } from '../../common/problem.ts';
import { fetchNft, fetchedNft } from './fetch-nft.ts';

/** The programs of the system that the local region is built of. */
export interface Tools {
  readonly unshare: string;
  readonly nsenter: string;
  readonly setpriv: string;
  readonly mount: string;
  readonly ip: string;
  readonly nft: Nft;
  readonly newuidmap?: string;
  readonly newgidmap?: string;
}
export interface Nft {
  readonly path: string;
  /** Where its libraries lie outside the system's folders. */
  readonly env: Readonly<Record<string, string>>;
}

const systemFolders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A program by name, in PATH or in the folders that an ordinary user's PATH leaves out. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | undefined {
  return [...path.split(':').filter((folder) => folder.startsWith('/')), ...systemFolders]
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

/** Finds what the region needs; `nft` is fetched into `cacheDirectory` where the system has none. */
export async function findTools(options: {
  readonly cacheDirectory: string;
  readonly log: (message: string) => void;
}): Promise<Tools> {
  const missing: string[] = [];
  const need = (name: string, from: string) => {
    const file = findProgram(name);
    if (!file) missing.push(`${name} (package ${from})`);
    return file ?? '';
  };
  const tools = {
    unshare: need('unshare', 'util-linux'),
    nsenter: need('nsenter', 'util-linux'),
    setpriv: need('setpriv', 'util-linux'),
    mount: need('mount', 'mount or util-linux'),
    ip: need('ip', 'iproute2'),
  };
  if (missing.length > 0)
    throw new OperationError({
      code: 'tools-missing',
      message: `this machine lacks ${missing.join(', ')}`,
      fix: 'install them with the package manager of the system',
    });
  const newuidmap = findProgram('newuidmap');
  const newgidmap = findProgram('newgidmap');
  return {
    ...tools,
    nft: await findNft(options),
    ...(newuidmap ? { newuidmap } : {}),
    ...(newgidmap ? { newgidmap } : {}),
  };
}

async function findNft(options: {
  readonly cacheDirectory: string;
  readonly log: (message: string) => void;
}): Promise<Nft> {
  const path = findProgram('nft');
  if (path) return { path, env: {} };
  return fetchedNft(options.cacheDirectory) ?? (await fetchNft(options.cacheDirectory, options.log));
}
