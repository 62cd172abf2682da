import { createInterface } from 'node:readline/promises';
import type { StoredImage } from '../../region/process/protocol.ts';
import type { PruneResult } from '../../region/runtime/runtime.ts';
import { bytes } from '../bytes.ts';
import { type Command, type Invocation, usageError } from '../command.ts';
import { startLocal } from '../local.ts';
import { pullImages } from '../pull.ts';
import { type Style, table } from '../terminal.ts';

export const command: Command = {
  name: 'images',
  summary: 'Show the images of this machine, pull them, free what nothing uses',
  usage: '[OPTIONS] | pull IMAGE…',
  details:
    'Images are pulled when a project first needs them, and kept. --prune frees what no tag and nothing that runs needs any more;\nwith --all also what was pulled or stands in and no project uses, and the caches of builds.',
  options: [
    { name: 'json', help: 'print JSON, for programs' },
    { name: 'prune', help: 'remove what nothing uses; asks on a terminal' },
    { name: 'all', short: 'a', help: 'with --prune: also tagged images that no project uses' },
    { name: 'force', short: 'f', help: 'with --prune: do not ask' },
  ],
  arguments: [0, 100],
  async run(invocation) {
    const [verb, ...names] = invocation.positionals;
    if (verb !== undefined && (verb !== 'pull' || names.length === 0))
      throw usageError(command, verb === 'pull' ? 'an image is missing' : `unexpected argument "${verb}"`);
    const pruning = invocation.flag('prune');
    if (pruning && !invocation.flag('force') && !(await confirm(invocation))) return 1;
    const { control } = await startLocal(invocation);
    const { terminal } = invocation;
    try {
      if (verb === 'pull') await pullImages(terminal, control, { references: names, pull: 'always' });
      else if (pruning) {
        const result = await control.post<PruneResult>('prune-images', { all: invocation.flag('all') });
        if (invocation.flag('json')) terminal.out(`${JSON.stringify(result, null, 2)}\n`);
        else terminal.out(`${renderPruned(result)}\n`);
      } else {
        const images = await control.get<readonly StoredImage[]>('images');
        if (invocation.flag('json')) terminal.out(`${JSON.stringify(images, null, 2)}\n`);
        else {
          terminal.out(`${renderImages(images, terminal.outStyle, Date.now())}\n`);
          const cache = await control.get<{ readonly bytes: number }>('build-cache');
          if (cache.bytes > 0)
            terminal.out(`\nbuild cache: ${bytes(cache.bytes)} (fairway images --prune --all frees it)\n`);
        }
      }
      await control.post('shutdown', { onlyIdle: true }).catch(() => undefined);
      return 0;
    } finally {
      control.close();
    }
  },
};

/** What people read: a row for each name, newest first. */
export function renderImages(images: readonly StoredImage[], style: Style, now: number): string {
  if (images.length === 0) return 'no images: they come with the first project that needs them';
  const rows = [...images]
    .sort((a, b) => b.createdAt - a.createdAt || (a.reference < b.reference ? -1 : 1))
    .map(({ repository, tag, digest, size, createdAt, usedBy, standIn }) => [
      style.bold(repository),
      tag ?? style.dim('<none>'),
      style.dim(digest.slice('sha256:'.length, 'sha256:'.length + 12)),
      bytes(size),
      createdAt > 0 ? age(now - createdAt) : style.dim('–'),
      [...usedBy, ...(standIn === undefined ? [] : [style.yellow(`stand-in: ${standIn}`)])].join(', '),
    ]);
  const head = ['REPOSITORY', 'TAG', 'DIGEST', 'SIZE', 'CREATED', 'USED BY'].map((title) => style.dim(title));
  return table([head, ...rows]);
}

export function renderPruned({ references, layers, blobs, bytes: freed, notes }: PruneResult): string {
  return [
    ...references.map((reference) => `removed ${reference}`),
    `freed ${bytes(freed)} (${layers} ${layers === 1 ? 'layer' : 'layers'}, ${blobs} ${blobs === 1 ? 'blob' : 'blobs'})`,
    ...notes,
  ].join('\n');
}

function age(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 1) return 'now';
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}

async function confirm({ terminal, flag }: Invocation): Promise<boolean> {
  if (!terminal.interactive || !process.stdin.isTTY) return true;
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  const what = flag('all') ? 'every image that no project uses' : 'what no tag and nothing that runs needs';
  const answer = await questions.question(`Remove ${what}? [y/N] `);
  questions.close();
  return /^y(es)?$/i.test(answer.trim());
}
