import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { SourceText } from '../architect/options.ts';
import type { App } from '../compose/app.ts';

/** Enough to find a name; a repository may be of any size. */
const MOST_FILES = 2000;
const MOST_BYTES = 256 * 1024;

/** Folders of what others wrote, or of what is made. */
const FOREIGN = new Set([
  '.git',
  '.venv',
  '__pycache__',
  'bower_components',
  'dist',
  'node_modules',
  'target',
  'vendor',
  'venv',
]);

/** What is no source, whatever names stand in it. */
const NO_SOURCE =
  /\.(lock|sum|min\.js|map|png|jpe?g|gif|ico|svg|woff2?|ttf|pdf|zip|gz|jar|so|md)$|^(package-lock\.json|yarn\.lock)$/i;

/** The build contexts and mounted files of every service, where names of its peers may stand. */
export function sourceTexts(app: App, cwd: string): SourceText[] {
  const project = resolve(cwd, app.directory);
  return app.services.flatMap(({ name, build, mounts }) => {
    const paths = [
      ...(build ? [resolve(project, build.context)] : []),
      ...mounts.flatMap((mount) => (mount.kind === 'bind' ? [resolve(project, mount.source)] : [])),
    ];
    // A context that is the whole project tells nothing of one service.
    return [...new Set(paths)]
      .filter((path) => path !== project || app.services.length === 1)
      .flatMap((path) => textsBelow(path))
      .map(({ path, text }) => ({ service: name, file: relative(project, path), text }));
  });
}

function textsBelow(start: string): { path: string; text: string }[] {
  const found: { path: string; text: string }[] = [];
  const visit = (path: string, entry: Pick<Dirent, 'isDirectory' | 'isFile' | 'name'>): void => {
    if (found.length >= MOST_FILES) return;
    if (entry.isDirectory() && !FOREIGN.has(entry.name)) {
      const entries = readdirSync(path, { withFileTypes: true });
      for (const child of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
        visit(join(path, child.name), child);
    } else if (entry.isFile() && !NO_SOURCE.test(entry.name) && statSync(path).size <= MOST_BYTES) {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('\0')) found.push({ path, text });
    }
  };
  try {
    const about = statSync(start);
    visit(start, { name: '', isDirectory: () => about.isDirectory(), isFile: () => about.isFile() });
  } catch {
    // What cannot be read tells nothing.
  }
  return found;
}
