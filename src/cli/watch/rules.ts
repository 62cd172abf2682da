import { isAbsolute, posix, resolve } from 'node:path';
import type { App, Service, WatchRule } from '../../compose/app.ts';

/** What an edit below one path means for one service. */
export interface ServiceRule {
  readonly service: string;
  readonly action: WatchRule['action'];
  /** Absolute. */
  readonly path: string;
  /** Where the path lies in the container, for the actions that copy. */
  readonly target?: string;
  /** Relative to `path`: true where an edit is of no concern. */
  ignores(path: string): boolean;
  readonly exec?: readonly string[];
  readonly initialSync: boolean;
}

/** Reads patterns as .dockerignore has them. */
export type ReadPatterns = (text: string) => { ignores(path: string): boolean };

/**
 * What is watched: `develop.watch` where it is written, else the context of a `build:` (edits rebuild) and the bind mounts of files
 * that the program read at its start (edits restart). Pure; `ignored` tells what a context's .dockerignore leaves out.
 */
export function watchRules(
  app: Pick<App, 'directory' | 'services'>,
  patterns: ReadPatterns,
  ignored: (context: string, dockerfile: string) => { ignores(path: string): boolean },
): ServiceRule[] {
  return app.services.flatMap((service) =>
    service.watch.length > 0
      ? service.watch.map((rule) => written(service, rule, patterns, context(app, service, ignored)))
      : implied(app, service, ignored),
  );
}

interface Context {
  readonly path: string;
  ignores(path: string): boolean;
}

function context(
  { directory }: Pick<App, 'directory'>,
  { build }: Service,
  ignored: (context: string, dockerfile: string) => { ignores(path: string): boolean },
): Context | undefined {
  if (!build) return undefined;
  const path = resolve(directory, build.context);
  const dockerfile = isAbsolute(build.dockerfile) ? 'Dockerfile' : build.dockerfile;
  const { ignores } = ignored(path, dockerfile);
  // What decides about the image is not a file of the image, and matters all the same.
  return { path, ignores: (file) => file !== dockerfile && file !== '.dockerignore' && ignores(file) };
}

/** https://docs.docker.com/reference/compose-file/develop/#attributes */
function written(
  { name }: Service,
  rule: WatchRule,
  patterns: ReadPatterns,
  built: Context | undefined,
): ServiceRule {
  const ignore = patterns(rule.ignore.join('\n'));
  const include = rule.include.length > 0 ? patterns(rule.include.join('\n')) : undefined;
  // .dockerignore of the build applies to the rules, too.
  const outer = built && inside(built.path, rule.path);
  return {
    service: name,
    action: rule.action,
    path: rule.path,
    ...(rule.target === undefined ? {} : { target: rule.target }),
    ...(rule.exec ? { exec: rule.exec } : {}),
    initialSync: rule.initialSync,
    ignores: (path) =>
      ignore.ignores(path) ||
      (include !== undefined && !include.ignores(path)) ||
      isNoise(path) ||
      (built !== undefined && outer !== undefined && path !== '' && built.ignores(posix.join(outer, path))),
  };
}

function implied(
  app: Pick<App, 'directory'>,
  service: Service,
  ignored: (context: string, dockerfile: string) => { ignores(path: string): boolean },
): ServiceRule[] {
  const built = context(app, service, ignored);
  if (!built) return [];
  return [
    {
      service: service.name,
      action: 'rebuild',
      path: built.path,
      initialSync: false,
      ignores: (path) => isNoise(path) || built.ignores(path),
    },
  ];
}

/** What editors and version control leave beside the sources. */
const isNoise = (path: string): boolean =>
  /(^|\/)(\.git|\.hg|\.svn|\.idea|\.vscode|node_modules\/\.cache|__pycache__)(\/|$)|(^|\/)(\.#[^/]*|[^/]*~|\.[^/]*\.sw[a-p]x?|4913|\.DS_Store)$/.test(
    path,
  );

/** The path of `inner` below `outer`, empty for itself, undefined where it lies elsewhere. */
export function inside(outer: string, inner: string): string | undefined {
  if (inner === outer) return '';
  return inner.startsWith(`${outer}/`) ? inner.slice(outer.length + 1) : undefined;
}

/** What a batch of edits asks for, the strongest action for each service alone. */
export interface Work {
  readonly service: string;
  readonly action: WatchRule['action'];
  /** For the actions that copy: a file or folder of the host, and where it goes; gone files are removed there. */
  readonly copies: readonly { readonly source: string; readonly target: string }[];
  readonly exec?: readonly string[];
}

const strength: readonly WatchRule['action'][] = ['sync', 'sync+exec', 'restart', 'sync+restart', 'rebuild'];

/** What edited paths mean, by service. */
export function workFor(rules: readonly ServiceRule[], paths: readonly string[]): Work[] {
  const works = new Map<string, Work>();
  for (const rule of rules)
    for (const path of paths) {
      const below = inside(rule.path, path);
      if (below === undefined || rule.ignores(below)) continue;
      const known = works.get(rule.service);
      const copies =
        rule.target !== undefined && rule.action.startsWith('sync')
          ? [{ source: path, target: below === '' ? rule.target : posix.join(rule.target, below) }]
          : [];
      const action =
        known && strength.indexOf(known.action) > strength.indexOf(rule.action) ? known.action : rule.action;
      const exec = rule.exec ?? known?.exec;
      works.set(rule.service, {
        service: rule.service,
        action,
        copies: [...(known?.copies ?? []), ...copies],
        ...(exec ? { exec } : {}),
      });
    }
  return [...works.values()];
}
