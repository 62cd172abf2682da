import { posix } from 'node:path';
import { InputError } from '../../common/problem.ts';
import { exposedPorts, stageChain, targetStage } from '../../dockerfile/expose.ts';
import { foreignImages } from '../../dockerfile/images.ts';
import { parseDockerfile } from '../../dockerfile/parse.ts';
import type { Build } from '../app.ts';
import { type Field, field, type Findings, mapping, text, wrong } from '../read.ts';
import { isNull } from '../tree.ts';
import type { Surroundings } from './environment.ts';

/** Reads `build` and the Dockerfile that it names. */
export function readBuild(found: Findings, at: Field | undefined, around: Surroundings): Build | undefined {
  if (!at || !mapping(found, at)) return undefined;
  const context = text(found, field(at, 'context'))?.value ?? '.';
  const dockerfile = text(found, field(at, 'dockerfile'));
  const target = text(found, field(at, 'target'));
  const args = readArgs(found, field(at, 'args'), around);
  const position = at.tree.position;
  if (/^[a-z+]+:\/\/|^git@|\.git(#|$)/.test(context)) {
    wrong(found, position, `the build context ${context} is no folder`, 'clone it and write the folder');
    return undefined;
  }
  const name = dockerfile?.value ?? 'Dockerfile';
  const folder = around.locate(context);
  const file = posix.isAbsolute(name) ? name : posix.join(folder, name);
  const content = around.readFile(file);
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
    secrets: [],
    contexts: {},
    context: posix.normalize(context),
    dockerfile: posix.isAbsolute(name) ? posix.relative(folder, name) : posix.normalize(name),
    args,
    position,
    ...(target ? { target: target.value } : {}),
  };
  try {
    const parsed = parseDockerfile(content, file);
    if (target && !targetStage(parsed, target.value)) {
      wrong(
        found,
        target.position,
        `${file} has no stage ${target.value}`,
        `write \`FROM … AS ${target.value}\` there, or correct the target`,
      );
      return undefined;
    }
    const foreign = stageChain(parsed, target?.value).base;
    return {
      ...base,
      ...(foreign.includes('$') || foreign === 'scratch' ? {} : { baseImage: foreign }),
      images: foreignImages(parsed, target?.value),
      expose: exposedPorts(parsed, target?.value, args),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    found.problems.push(...error.problems);
    return undefined;
  }
}

function readArgs(found: Findings, at: Field | undefined, around: Surroundings): Record<string, string> {
  const args: [string, string][] = [];
  for (const [name, { value: tree }] of mapping(found, at)?.entries ?? []) {
    const value = isNull(tree)
      ? around.lookup(name)
      : text(found, { tree, name: `${at?.name}.${name}` })?.value;
    if (value !== undefined) args.push([name, value]);
  }
  return Object.fromEntries(args.sort(([a], [b]) => (a < b ? -1 : 1)));
}
