import { posix } from 'node:path';
import { InputError, type Position, type Problem } from '../common/problem.ts';
import type { App, FileSource, Located } from './app.ts';
import { checkDeclared, readVolumes } from './declared.ts';
import { checkFileSource, readFileSources } from './file-sources.ts';
import { finish } from './finish.ts';
import type { Lookup } from './interpolate.ts';
import { checkKeys } from './keys/check.ts';
import { SERVICE } from './keys/service.ts';
import { chosenPaths, FILE_NAMES, findFiles, type SourceFile } from './load/files.ts';
import { loadFiles } from './load/load.ts';
import { type Loading, type ReadFile, startLoading } from './load/loading.ts';
import { outerVariables } from './load/outer.ts';
import { fill } from './load/variables.ts';
import { projectName } from './name.ts';
import { chosenProfiles, divideServices } from './profiles.ts';
import { type Field, field, type Findings, mapping, text, wrong } from './read.ts';
import { checkRelations } from './relations.ts';
import { readService, type ReadService } from './service/service.ts';
import { readProjectSettings } from './service/settings.ts';
import { surroundings } from './service/surroundings.ts';
import { mapOf, plainMap, withoutReset } from './tree.ts';

export interface ProjectRequest {
  /** Compose files or folders; later ones are laid over the first. Empty: the current folder. */
  readonly paths: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly profiles?: readonly string[];
  readonly projectName?: string;
  /** The current folder, absolute: a project without a name is named after its folder. */
  readonly currentFolder?: string;
  /** Instead of `.env` beside the first file. */
  readonly envFiles?: readonly string[];
  /** Text of a file; undefined where there is none, or a folder. */
  readonly readFile: ReadFile;
}

/** Reads a project as docker compose does; throws an InputError with everything that is wrong in it. */
export function readProject(request: ProjectRequest): App {
  try {
    return read(request);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Thousands of services in one row of depends_on, say: the stack of calls is at its end.
    const position = { file: request.paths[0] ?? FILE_NAMES[0]!, line: 1, column: 1 };
    const message = 'the project has a longer chain of references than can be followed';
    throw new InputError([{ code: 'compose-too-large', message, position, fix: 'divide the project' }]);
  }
}

function read(request: ProjectRequest): App {
  const { readFile, currentFolder = '/' } = request;
  const found: Findings = { problems: [], notices: [] };
  const paths = chosenPaths(request.paths, outerVariables(request, '.', { problems: [], notices: [] }));
  const files = findFiles(paths, readFile);
  const directory = posix.dirname(files[0]?.path ?? '.');
  const outer = outerVariables(request, directory, found);
  const start: Position = { file: files[0]?.path ?? '', line: 1, column: 1 };
  const loading = startLoading(readFile, found, currentFolder, directory);
  const name = nameOf(request, files, outer, loading, start);
  const lookup: Lookup = (variable) =>
    outer(variable) ?? (variable === 'COMPOSE_PROJECT_NAME' ? name.value : undefined);
  const loaded = loadFiles(files, { directory, lookup, chain: [] }, loading);
  const order = () => [...files.map(({ path }) => path), ...loading.files];
  if (!loaded) throw new InputError(inOrder(found.problems, order()));
  const tree = withoutReset(loaded);
  const project: Field = { tree, name: 'project' };
  const around = surroundings(
    { absolute: loading.folder, given: directory },
    (variable, { file }) => (loading.lookups.get(file) ?? lookup)(variable),
    readFile,
  );
  const settings = readProjectSettings(found, project);
  const configs = readFileSources(found, project, 'configs', around);
  const secrets = readFileSources(found, project, 'secrets', around);
  const services = divideServices(found, project, chosenProfiles(request, lookup), start);
  const active = services.active.flatMap(({ service, key, at }): ReadService | ReadService[] => {
    checkServiceName(found, service, key);
    const { problems } = loading.ofService(service);
    found.problems.push(...problems);
    // What it lacks may stand in the service that it could not extend.
    if (problems.some(({ code }) => code === 'compose-extends')) return [];
    if (at.tree.kind === 'map') checkKeys(at.tree, SERVICE, found, ['services', service]);
    const byId = new Map(secrets.map((secret) => [secret.name, secret]));
    return readService(found, service, at, key, { ...around, secrets: byId }) ?? [];
  });
  const volumes = readVolumes(found, project, name.value, around);
  checkRelations(found, active, services.hidden);
  checkDeclared(found, project, active, volumes, { config: configs, secret: secrets });
  const finished = finish(found, active.sort(byName), volumes.others);
  const granted = (kind: 'config' | 'secret', sources: readonly FileSource[]) =>
    sources.filter((source) =>
      finished.some(({ files }) => files.some((file) => file.kind === kind && file.source === source.name)),
    );
  const used = { configs: granted('config', configs), secrets: granted('secret', secrets) };
  for (const source of used.configs) checkFileSource(found, source, 'config', around.readFile);
  for (const source of used.secrets) checkFileSource(found, source, 'secret', around.readFile);
  const overlay = field(project, 'x-aws-cloudformation');
  mapping(found, overlay);
  if (found.problems.length > 0) throw new InputError(inOrder(once(found.problems), order()));
  return {
    name: name.value,
    position: name.position,
    directory,
    files: [...new Set(order())],
    settings,
    services: finished,
    volumes: volumes.named,
    ...used,
    ...(overlay ? { overlay: { value: plainMap(overlay.tree), position: overlay.tree.position } } : {}),
    notices: inOrder(once(found.notices), order()),
  };
}

/** `-p`, COMPOSE_PROJECT_NAME, the last file's `name`, the folder's. */
function nameOf(
  request: ProjectRequest,
  files: readonly SourceFile[],
  outer: Lookup,
  loading: Loading,
  start: Position,
): Located<string> {
  const names = files.flatMap(({ path, content }) => {
    const silent: Findings = { problems: [], notices: [] };
    const tree = field({ tree: loading.yaml(path, content) ?? mapOf([], start), name: 'project' }, 'name');
    return text(silent, tree && { ...tree, tree: fill(tree.tree, outer, []) }) ?? [];
  });
  return projectName(
    loading.found,
    request.projectName ?? (outer('COMPOSE_PROJECT_NAME') || undefined),
    names.at(-1),
    loading.folder,
    start,
  );
}

/** A service is found by a DNS name of its own: https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html */
function checkServiceName(found: Findings, name: string, position: Position): void {
  if (/^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/.test(name)) return;
  wrong(
    found,
    position,
    `${JSON.stringify(name)} is no name of a service`,
    'use letters, digits, hyphens and underscores, at most 63, a letter or digit first and last',
    'compose-service-name',
  );
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

/** What stands at one place is told once, though several services may have it from there. */
const once = (found: readonly Problem[]): Problem[] => [
  ...new Map(found.map((problem) => [JSON.stringify(problem), problem])).values(),
];

/** By file, as given, then by line. */
function inOrder<T extends { readonly position?: Position | undefined }>(
  found: T[],
  files: readonly string[],
): T[] {
  const rank = ({ position }: T) => {
    const file = position ? files.indexOf(position.file) : -1;
    return file < 0 ? files.length : file;
  };
  return found.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0),
  );
}
