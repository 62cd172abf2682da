import { posix } from 'node:path';
import { InputError, type Position } from '../common/problem.ts';
import type { App, Service } from './app.ts';
import { checkDeclared, readVolumes } from './declared.ts';
import { readEnvFile } from './dotenv.ts';
import { findFiles, type ReadFile, readFiles } from './files.ts';
import type { Lookup } from './interpolate.ts';
import { projectName } from './name.ts';
import { type Field, field, type Findings, mapping, text, wrong } from './read.ts';
import { activeServices, checkRelations } from './relations.ts';
import { readService, type ReadService } from './service/service.ts';
import { readProjectSettings } from './service/settings.ts';

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
  const { readFile, environment } = request;
  const found: Findings = { problems: [], notices: [] };
  const files = findFiles(request.paths, readFile);
  const directory = posix.dirname(files[0]?.path ?? '.');
  const lookup = surroundings(request, directory, found);
  const tree = readFiles(files, lookup, found);
  if (!tree) throw new InputError(found.problems);
  const project: Field = { tree, name: 'project' };
  const start: Position = { file: files[0]?.path ?? '', line: 1, column: 1 };
  const written = text(found, field(project, 'name'));
  const given = request.projectName ?? (environment['COMPOSE_PROJECT_NAME'] || undefined);
  const name = projectName(
    found,
    given,
    written,
    posix.resolve(request.currentFolder ?? '/', directory),
    start,
  );
  const settings = readProjectSettings(found, project);
  const profiles = request.profiles?.length
    ? request.profiles
    : (lookup('COMPOSE_PROFILES') ?? '').split(',').filter(Boolean);

  const all: ReadService[] = [];
  const services = field(project, 'services');
  for (const [service, { key, value }] of mapping(found, services)?.entries ?? []) {
    checkServiceName(found, service, key);
    const read = readService(found, service, { tree: value, name: `services.${service}` }, key, {
      lookup,
      readFile,
      locate: (path) => (posix.isAbsolute(path) ? path : posix.join(directory, path)),
    });
    if (read) all.push(read);
  }
  if (!services || (all.length === 0 && found.problems.length === 0))
    wrong(
      found,
      start,
      'the project has no services',
      'write `services:` and a service below it',
      'compose-empty',
    );
  const active = activeServices(all, profiles).sort(byName);
  if (all.length > 0 && active.length === 0)
    wrong(
      found,
      start,
      'every service is in a profile, and none is active',
      'give --profile NAME',
      'compose-empty',
    );
  const volumes = readVolumes(found, project, name.value);
  checkRelations(found, active, all);
  checkDeclared(found, project, active, volumes);
  if (found.problems.length > 0)
    throw new InputError(
      inOrder(
        found.problems,
        files.map(({ path }) => path),
      ),
    );
  return {
    name: name.value,
    position: name.position,
    directory,
    files: files.map(({ path }) => path),
    settings,
    services: active.map((service) => finished(service, active)),
    volumes,
    configs: [],
    secrets: [],
    notices: inOrder(
      found.notices,
      files.map(({ path }) => path),
    ),
  };
}

/** The environment, which wins, and the .env files. */
function surroundings(request: ProjectRequest, directory: string, found: Findings): Lookup {
  const fromFiles = new Map<string, string>();
  const outer: Lookup = (name) => request.environment[name] ?? fromFiles.get(name);
  const files = request.envFiles ?? [];
  for (const path of files.length > 0 ? files : [posix.join(directory, '.env')]) {
    const content = request.readFile(path);
    if (content === undefined && files.length > 0)
      found.problems.push({
        code: 'compose-env-file-missing',
        message: `the file ${path} of --env-file does not exist`,
        fix: 'create it, or correct the path',
      });
    for (const { name, value } of readEnvFile(content ?? '', path, outer, found.problems))
      if (value !== undefined) fromFiles.set(name, value);
  }
  return outer;
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

/** Without what only the reader needs; dependencies that may be missing and are. */
function finished(read: ReadService, active: readonly Service[]): Service {
  const { profiles, dependsOn, ...service } = read;
  void profiles;
  const names = new Set(active.map(({ name }) => name));
  return {
    ...service,
    dependsOn: dependsOn
      .filter((dependency) => names.has(dependency.service))
      .map(({ service: target, condition, position }) => ({ service: target, condition, position })),
  };
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

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
