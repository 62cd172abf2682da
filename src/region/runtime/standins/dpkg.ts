import { execFile } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeDirectory } from './files.ts';
import type { Archive, Packages } from './packages.ts';

const execute = promisify(execFile);
const database = 'var/lib/dpkg';
const statusPath = `${database}/status`;
const atOnce = 4;

/**
 * Unpacks packages and writes them down as installed, so that the image's own dpkg can build on them: https://wiki.debian.org/Teams/Dpkg/Spec.
 * Their maintainer scripts do not run. `below` is the layer whose packages are installed already.
 */
export async function installInto(
  root: string,
  packages: Packages,
  archives: readonly Archive[],
  below?: string,
): Promise<void> {
  await makeDirectory(root, `/${database}/info`);
  const records = new Map(
    below === undefined ? [] : parseStatus(await readFile(join(below, statusPath), 'utf8')),
  );
  const waiting = [...archives];
  const work = async () => {
    for (let archive = waiting.shift(); archive; archive = waiting.shift()) {
      const { name, record } = await installOne(root, packages, archive);
      records.set(name, record);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const sorted = [...records].sort(([a], [b]) => (a < b ? -1 : 1));
  await writeFile(join(root, statusPath), sorted.map(([, record]) => `${record}\n\n`).join(''));
}

/** Versions of the packages that a layer has, by name. */
export async function installedIn(layer: string): Promise<ReadonlyMap<string, string>> {
  const records = parseStatus(await readFile(join(layer, statusPath), 'utf8'));
  return new Map(records.map(([name, record]) => [name, field(record, 'Version') ?? '']));
}

async function installOne(root: string, packages: Packages, archive: Archive) {
  const names = await packages.extract(archive.file, root);
  const control = `${archive.file}.control`;
  await mkdir(control, { recursive: true });
  await execute('dpkg-deb', ['--control', archive.file, control]);
  const text = (await readFile(join(control, 'control'), 'utf8')).trimEnd();
  const same = field(text, 'Multi-Arch') === 'same';
  const stem = same ? `${archive.name}:${field(text, 'Architecture')}` : archive.name;
  const info = join(root, database, 'info');
  for (const name of await readdir(control))
    if (name !== 'control') await rename(join(control, name), join(info, `${stem}.${name}`));
  await rm(control, { recursive: true });
  const paths = names.map((name) => name.replace(/^\.?\/?/, '/').replace(/(.)\/$/, '$1'));
  await writeFile(
    join(info, `${stem}.list`),
    paths.map((path) => `${path === '/' ? '/.' : path}\n`).join(''),
  );
  await addTriggers(root, stem);
  return {
    name: archive.name,
    record: text.replace(/^(Package: .*)$/m, '$1\nStatus: install ok installed'),
  };
}

/**
 * Which package waits for which changed path or named event:
 * https://manpages.debian.org/bookworm/dpkg-dev/deb-triggers.5.en.html
 */
async function addTriggers(root: string, stem: string): Promise<void> {
  const directory = join(root, database, 'triggers');
  await makeDirectory(root, `/${database}/triggers`);
  const text = await readFile(join(root, database, 'info', `${stem}.triggers`), 'utf8').catch(() => '');
  for (const [, wait = '', event = ''] of text.matchAll(/^interest(-noawait|-await)?\s+(\S+)/gm)) {
    const [name] = stem.split(':');
    const who = `${name}${wait === '-noawait' ? '/noawait' : ''}\n`;
    if (event.startsWith('/')) await appendFile(join(directory, 'File'), `${event} ${who}`);
    else await appendFile(join(directory, event), who);
  }
}

function parseStatus(text: string): readonly (readonly [string, string])[] {
  return text
    .split(/\n\n+/)
    .filter((record) => record.trim() !== '')
    .map((record) => [field(record, 'Package') ?? '', record.trimEnd()]);
}

const field = (record: string, name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(record)?.[1];
