import { basename, dirname, join } from 'node:path';
import { readTemplate, type ReadTemplate } from '../../template/read.ts';
import { pseudoParameters } from '../../template/scope.ts';
import { examineStacks } from '../../template/stacks/examine-stacks.ts';
import type { ExaminedStack } from '../../template/stacks/model.ts';
import type { Origin } from '../../topology/model.ts';
import { contextOfStacks } from '../../verify/stacks.ts';
import { assumedRegion, partitionOf, type Given } from './known.ts';
import type { Subject } from './subject.ts';

/** A template that is one deployment with others. */
export interface NamedTemplate {
  readonly stack: string;
  readonly file: string;
  readonly text: string;
}

export interface Examined {
  readonly stacks: readonly ExaminedStack[];
  readonly region: string;
  /** By file, those of nested stacks included. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Templates that belong together, with what they nest and what they import from each other. */
export function examineFiles(
  files: readonly NamedTemplate[],
  { parameters, region: given }: Given,
  readText: (file: string) => string | undefined,
): Examined {
  const texts = new Map<string, string>();
  const read = (file: string, text: string): ReadTemplate => {
    texts.set(file, text);
    return readTemplate(text, file, parameters);
  };
  const templates = files.map(({ stack, file, text }) => ({ stack, template: read(file, text) }));
  const region = given ?? assumedRegion(templates.map(({ template }) => template.template));
  const identity = { accountId: '123456789012', region, ...partitionOf(region) };
  const stacks = examineStacks(
    templates.map(({ stack, template }) => ({
      name: stack,
      template,
      supplied: suppliedTo(template, parameters),
      pseudo: pseudoParameters({ ...identity, stackName: stack }),
    })),
    {
      zones: (name) => ['a', 'b', 'c'].map((letter) => `${name}${letter}`),
      readTemplate(path, from) {
        const file = join(dirname(from.file), path);
        const text = readText(file);
        return text === undefined ? undefined : read(file, text);
      },
    },
  );
  return { stacks, region, texts };
}

/** Templates as they were written, as one deployment. */
export function templatesSubject(
  files: readonly NamedTemplate[],
  given: Given,
  readText: (file: string) => string | undefined,
): Subject {
  const { stacks, region, texts } = examineFiles(files, given, readText);
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const stackOf = ({ stack }: Origin) => (stack === undefined ? stacks[0] : byName.get(stack));
  return {
    kind: 'templates',
    name: files.length === 1 ? files[0]!.file : `${files.length} templates`,
    context: contextOfStacks(stacks),
    unanswered: stacks.flatMap((stack) =>
      stack.unanswered.map(({ path, why }) => ({
        id: 'not-modelled',
        resource: path[0] === 'Resources' ? stack.nameOf(String(path[1])) : path.join('.'),
        position: stack.positionOf(path),
        why,
      })),
    ),
    positionOf: (origin) => stackOf(origin)?.positionOf(origin.path),
    sourceOf: (origin, path) => stackOf(origin)?.sourceOf(path) ?? path,
    text: (file) => texts.get(file),
    folder: dirname(files[0]!.file),
    notes:
      given.region === undefined && [...texts.values()].some((text) => /AWS::Region|GetAZs/.test(text))
        ? [`checked as in the region ${region} (--region NAME for another)`]
        : [],
  };
}

const suppliedTo = ({ template }: ReadTemplate, given: Given['parameters']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).filter(([name]) => Object.hasOwn(template.Parameters ?? {}, name)),
  );

/** A stack's name where nobody gives one: its file's. */
export const stackName = (file: string): string =>
  basename(file).replace(/(\.template)?\.(ya?ml|json|template)$/, '');
