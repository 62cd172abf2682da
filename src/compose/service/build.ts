import { posix } from 'node:path';
import { InputError, type Position } from '../../common/problem.ts';
import { exposedPorts, stageChain, targetStage } from '../../dockerfile/expose.ts';
import { healthCheckOf } from '../../dockerfile/health-check.ts';
import { foreignImages } from '../../dockerfile/images.ts';
import type { Dockerfile } from '../../dockerfile/model.ts';
import { parseDockerfile } from '../../dockerfile/parse.ts';
import type { Build, FileSource, Located } from '../app.ts';
import { type Field, field, type Findings, flag, list, mapping, text, wrong } from '../read.ts';
import { isNull } from '../tree.ts';
import { readContexts } from './build-contexts.ts';
import type { Surroundings } from './surroundings.ts';

/** Reads `build` and the Dockerfile that it names: https://docs.docker.com/reference/compose-file/build/ */
export function readBuild(found: Findings, at: Field | undefined, around: Surroundings): Build | undefined {
  if (!at || !mapping(found, at)) return undefined;
  const context = text(found, field(at, 'context'))?.value ?? '.';
  const dockerfile = text(found, field(at, 'dockerfile'));
  const inline = text(found, field(at, 'dockerfile_inline'));
  const target = text(found, field(at, 'target'));
  const args = readArgs(found, field(at, 'args'), around);
  const contexts = readContexts(found, field(at, 'additional_contexts'));
  const secrets = readSecrets(found, field(at, 'secrets'), around);
  const position = at.tree.position;
  if (/^[a-z+]+:\/\/|^git@|^github\.com\/|\.git(#|$)/.test(context)) {
    wrong(found, position, `the build context ${context} is no folder`, 'clone it and write the folder');
    return undefined;
  }
  if (inline && dockerfile) {
    wrong(
      found,
      inline.position,
      `${at.name} has both dockerfile and dockerfile_inline`,
      'keep one of the two',
    );
    return undefined;
  }
  const name = dockerfile?.value ?? 'Dockerfile';
  const folder = around.locate(context);
  const file = inline ? inline.position.file : posix.isAbsolute(name) ? name : posix.join(folder, name);
  const content = inline?.value ?? around.readFile(file);
  if (content === undefined) {
    wrong(
      found,
      dockerfile?.position ?? position,
      `the Dockerfile ${file} does not exist`,
      dockerfile
        ? 'create it, or correct `dockerfile`'
        : `create it, or write \`build: {context: ${context}, dockerfile: NAME}\``,
      'compose-dockerfile-missing',
    );
    return undefined;
  }
  const base = {
    secrets,
    contexts,
    context: posix.normalize(context),
    dockerfile: posix.isAbsolute(name) ? posix.relative(folder, name) : posix.normalize(name),
    ...(inline ? { inline: inline.value } : {}),
    args,
    position,
    ...(target ? { target: target.value } : {}),
    ...(flag(found, field(at, 'no_cache'))?.value ? { noCache: true as const } : {}),
    ...(flag(found, field(at, 'pull'))?.value ? { pull: true as const } : {}),
  };
  try {
    const parsed = parseDockerfile(content, file);
    if (target && !targetStage(parsed, target.value)) {
      const message = `${inline ? 'dockerfile_inline' : file} has no stage ${target.value}`;
      wrong(
        found,
        target.position,
        message,
        `write \`FROM … AS ${target.value}\` there, or correct the target`,
      );
      return undefined;
    }
    const foreign = fromContexts(stageChain(parsed, target?.value).base, contexts);
    const images = foreignImages(parsed, target?.value).flatMap((image): Located<string>[] => {
      const value = fromContexts(image.value, contexts);
      return value === undefined ? [] : [{ value, position: inline?.position ?? image.position }];
    });
    return {
      ...base,
      ...(foreign === undefined || foreign.includes('$') || foreign === 'scratch'
        ? {}
        : { baseImage: foreign }),
      images,
      ...liftedCheck(parsed, target?.value, inline?.position),
      expose: exposedPorts(parsed, target?.value, args).map((port) =>
        inline ? { ...port, position: inline.position } : port,
      ),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // Lines of an inline Dockerfile are none of the compose file.
    found.problems.push(
      ...error.problems.map((problem) => (inline ? { ...problem, position: inline.position } : problem)),
    );
    return undefined;
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html: "health checks that are embedded in a container image" are not monitored. */
function liftedCheck(parsed: Dockerfile, target: string | undefined, inline: Position | undefined) {
  const check = healthCheckOf(parsed, target);
  if (!check || check.test[0] === 'NONE') return {};
  const { test: command, ...rest } = check;
  return { healthCheck: { ...rest, command, position: inline ?? check.position } };
}

/** The image that a name stands for where `additional_contexts` gives it; undefined where it stands for a folder. */
function fromContexts(image: string, contexts: Build['contexts']): string | undefined {
  const context = Object.hasOwn(contexts, image) ? contexts[image] : undefined;
  if (context === undefined) return image;
  return /^docker-image:\/\/(.+)$/.exec(context)?.[1];
}

/** A list or a mapping of names; a name without a value has that of the environment. */
function readArgs(found: Findings, at: Field | undefined, around: Surroundings): Record<string, string> {
  const args: [string, string][] = [];
  for (const [name, { key, value: tree }] of mapping(found, at)?.entries ?? []) {
    const value = isNull(tree)
      ? around.lookup(name, key)
      : text(found, { tree, name: `${at?.name}.${name}` })?.value;
    if (value !== undefined) args.push([name, value]);
  }
  return Object.fromEntries(args.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Secrets of the top level, each under the id by which `RUN --mount=type=secret,id=…` asks for it. */
function readSecrets(found: Findings, at: Field | undefined, around: Surroundings): FileSource[] {
  return list(found, at).flatMap((tree, index) => {
    const item: Field = { tree, name: `${at?.name}[${index}]` };
    const source = text(found, tree.kind === 'map' ? field(item, 'source') : item);
    const id = tree.kind === 'map' ? text(found, field(item, 'target'))?.value : undefined;
    if (!source) return [];
    const secret = around.secrets.get(source.value);
    if (secret?.from.kind === 'external') {
      const message = `the secret ${source.value} is external, and a build runs here`;
      wrong(found, source.position, message, 'write `file` or `environment` for it at the top level');
      return [];
    }
    if (secret) return [{ ...secret, name: id ?? source.value, position: source.position }];
    const known = [...around.secrets.keys()].join(', ');
    wrong(
      found,
      source.position,
      `the secret ${source.value} is not declared`,
      known
        ? `write one of ${known}, or declare it at the top level`
        : `add \`secrets: {${source.value}: {file: PATH}}\` at the top level`,
      'compose-undefined-secret',
    );
    return [];
  });
}
