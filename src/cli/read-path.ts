import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FileContent, PathContent } from '../architect/options.ts';

/** More than that is no configuration. */
const MOST_FILES = 200;
const MOST_BYTES = 256 * 1024;

/** What stands at a path of this machine, as far as it may be delivered; undefined where nothing does, or nothing that can be read. */
export function readPath(path: string): PathContent | undefined {
  try {
    if (statSync(path).isDirectory()) return readFolder(path);
    return { kind: 'file', file: readOne(path, basename(path)) };
  } catch {
    return undefined;
  }
}

function readFolder(folder: string): PathContent {
  const files: FileContent[] = [];
  let bytes = 0;
  const complete = walk('');
  return { kind: 'folder', files, complete };

  function walk(below: string): boolean {
    const entries = readdirSync(join(folder, below), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!walk(path)) return false;
        continue;
      }
      if (!entry.isFile()) return false;
      const file = readOne(join(folder, path), path);
      bytes += file.bytes;
      if (files.length >= MOST_FILES || bytes > MOST_BYTES) return false;
      files.push(file);
    }
    return true;
  }
}

function readOne(path: string, name: string): FileContent {
  const { size, mode } = statSync(path);
  const about = { path: name, bytes: size, mode: mode & 0o777 };
  if (size > MOST_BYTES) return about;
  const content = readFileSync(path);
  const text = asText(content);
  return { ...about, ...(text === undefined ? {} : { text }), base64: content.toString('base64') };
}

function asText(content: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf8', { fatal: true, ignoreBOM: true }).decode(content);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
