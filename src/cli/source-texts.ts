import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { SourceText } from '../architect/options.ts';
import type { App } from '../compose/app.ts';

/** Enough to find a name; a repository may be of any size. */
const MOST_FILES = 2000;
const MOST_BYTES = 256 * 1024;

/** Folders of what others wrote, of what is made, and of what only tests call. */
const FOREIGN = new Set([
  '.git',
  '.venv',
  '__pycache__',
  '__tests__',
  'bower_components',
  'dist',
  'node_modules',
  'spec',
  'target',
  'test',
  'tests',
  'vendor',
  'venv',
]);

/** What is no source, whatever names stand in it. */
const NO_SOURCE =
  /\.(lock|sum|min\.js|map|png|jpe?g|gif|ico|svg|woff2?|ttf|pdf|zip|gz|jar|so|md)$|^(package-lock\.json|yarn\.lock)$|^(docker-)?(compose|stack)[\w.-]*\.ya?ml$|[._](test|spec)\.\w+$/i;

/** What is mounted into each service, and with `all` its build context too: names of its peers may stand there. */
export function sourceTexts(app: App, cwd: string, which: 'configuration' | 'all'): SourceText[] {
  const project = resolve(cwd, app.directory);
  const own = new Set(app.files.map((file) => resolve(cwd, file)));
  const builds = app.services.filter(({ build }) => build !== undefined).length;
  return app.services.flatMap(({ name, build, mounts }) => {
    const context = build && which === 'all' ? [resolve(project, build.context)] : [];
    const mounted = mounts.flatMap((mount) =>
      mount.kind === 'bind' ? [resolve(project, mount.source)] : [],
    );
    const sources = build && which === 'configuration' ? [resolve(project, build.context)] : [];
    return (
      [...new Set([...context, ...mounted])]
        // A context that several share, as the project's folder is, tells nothing of one of them.
        .filter((path) => path !== project || builds === 1)
        // Mounted sources are no configuration.
        .filter((path) => !sources.some((source) => isWithin(source, path)))
        .flatMap((path) => textsBelow(path))
        .filter(({ path }) => !own.has(path))
        .map(({ path, text }) => ({ service: name, file: relative(project, path), text }))
    );
  });
}

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

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
