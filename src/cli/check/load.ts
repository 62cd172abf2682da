import type { Invocation } from '../command.ts';
import { readText } from '../project.ts';
import { parseParameters, refuseUnknownParameters, type Given } from './known.ts';
import { sourceAt, type Source } from './sources.ts';
import type { Subject } from './subject.ts';

/**
 * What a command line names: paths, else the files of `-f`, else the project here.
 * @param texts of files, in place of what is on the disk
 */
export async function loadSubjects(
  invocation: Invocation,
  paths: readonly string[],
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<readonly Subject[]> {
  const { cwd } = invocation;
  const read = (file: string) => texts.get(file) ?? readText(cwd, file);
  const given: Given = {
    parameters: parseParameters(invocation.texts('parameter')),
    region: invocation.text('region') ?? (invocation.env.AWS_REGION || invocation.env.AWS_DEFAULT_REGION),
  };
  const named = paths.length > 0 ? paths : invocation.texts('file');
  const sources = named.map((path) => sourceAt(path, cwd, read));
  const composed = sources.flatMap((source) => (source.kind === 'compose' ? [source.path] : []));
  // Files of `-f` are one project, as for docker compose; paths are one each.
  const projects =
    named.length === 0 || (paths.length === 0 && composed.length > 0)
      ? [composed]
      : composed.map((path) => [path]);
  const subjects = [
    ...(await Promise.all(projects.map((files) => projectSubject(invocation, files, given)))),
    ...(await templateSubjects(sources, given, read)),
  ];
  refuseUnknownParameters(
    subjects.flatMap((subject) => subject.context.templates.map(({ template }) => template)),
    given.parameters,
  );
  return subjects;
}

async function projectSubject(
  invocation: Invocation,
  files: readonly string[],
  given: Given,
): Promise<Subject> {
  const [{ loadProject }, { composeSubject }] = await Promise.all([
    import('../project.ts'),
    import('./compose.ts'),
  ]);
  const texts = (name: string) => (name === 'file' ? files : invocation.texts(name));
  const project = await loadProject({ ...invocation, texts }, undefined, { target: 'aws' });
  return composeSubject(project, { ...given, text: (file) => readText(invocation.cwd, file) });
}

/** Templates that are named together are one deployment; an assembly is one of its own. */
async function templateSubjects(
  sources: readonly Source[],
  given: Given,
  read: (file: string) => string | undefined,
): Promise<Subject[]> {
  const files = sources.flatMap((source) => (source.kind === 'template' ? [source.file] : []));
  const assemblies = sources.flatMap((source) =>
    source.kind === 'assembly' ? [{ assembly: source.folder }] : [],
  );
  if (files.length + assemblies.length === 0) return [];
  const { templatesSubject } = await import('./templates.ts');
  return [...(files.length > 0 ? [files] : []), ...assemblies].map((named) =>
    templatesSubject(named, given, read),
  );
}
