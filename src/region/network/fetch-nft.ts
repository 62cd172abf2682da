import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OperationError } from '../../common/problem.ts';
import type { Nft } from './tools.ts';

const execute = promisify(execFile);
const folder = 'nft';

/** What an earlier run fetched. */
export function fetchedNft(cacheDirectory: string): Nft | undefined {
  const root = join(cacheDirectory, folder);
  const path = join(root, 'usr/sbin/nft');
  return existsSync(path) ? { path, env: { LD_LIBRARY_PATH: libraryFolders(root).join(':') } } : undefined;
}

/**
 * Fetches nft and those of its libraries that the system lacks as Debian packages, and unpacks them into Fairway's cache: without
 * root, and without a change to the system.
 */
export async function fetchNft(cacheDirectory: string, log: (message: string) => void): Promise<Nft> {
  mkdirSync(cacheDirectory, { recursive: true });
  const work = mkdtempSync(join(cacheDirectory, 'nft-fetch-'));
  try {
    log('nft is not installed: fetching its packages into the cache');
    await download(work).catch((error: unknown) => {
      throw new OperationError(
        {
          code: 'nft-missing',
          message: `nft is not installed, and could not be fetched: ${firstLine(error)}`,
          fix: 'install the package nftables (apt-get install nftables, dnf install nftables, apk add nftables, pacman -S nftables)',
        },
        { cause: error },
      );
    });
    try {
      renameSync(join(work, 'root'), join(cacheDirectory, folder));
    } catch (error) {
      // Another run was quicker.
      if (!fetchedNft(cacheDirectory)) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const nft = fetchedNft(cacheDirectory);
  if (!nft)
    throw new OperationError({
      code: 'nft-missing',
      message: 'the package nftables holds no /usr/sbin/nft',
      fix: 'install nftables with the package manager of the system',
    });
  return nft;
}

async function download(work: string): Promise<void> {
  for (const path of ['lists/partial', 'cache/archives/partial', 'packages', 'root'])
    mkdirSync(join(work, path), { recursive: true });
  const own = [
    `Dir::State::Lists=${join(work, 'lists')}`,
    `Dir::Cache=${join(work, 'cache')}`,
    'Debug::NoLocking=1',
    'APT::Sandbox::User=',
  ].flatMap((option) => ['-o', option]);
  const packages = join(work, 'packages');
  await execute('apt-get', [...own, '-qq', 'update'], { cwd: packages });
  const { stdout } = await execute(
    'apt-cache',
    [
      ...own,
      'depends',
      '--recurse',
      ...['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
        (kind) => `--no-${kind}`,
      ),
      'nftables',
    ],
    { maxBuffer: 1 << 24 },
  );
  const wanted = stdout.split('\n').filter((line) => /^[a-z0-9]/.test(line));
  const installed = await installedPackages();
  await execute('apt-get', [...own, '-qq', 'download', ...wanted.filter((name) => !installed.has(name))], {
    cwd: packages,
  });
  for (const file of readdirSync(packages))
    await execute('dpkg-deb', ['-x', join(packages, file), join(work, 'root')]);
}

async function installedPackages(): Promise<ReadonlySet<string>> {
  const { stdout } = await execute('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n'], {
    maxBuffer: 1 << 24,
  });
  return new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0] ?? ''),
  );
}

function libraryFolders(root: string): string[] {
  return ['usr/lib', 'lib'].flatMap((part) => {
    const base = join(root, part);
    if (!existsSync(base)) return [];
    return [
      base,
      ...readdirSync(base)
        .filter((name) => name.includes('-linux-'))
        .map((name) => join(base, name)),
    ];
  });
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n').filter(Boolean).slice(0, 2).join(': ');
}
