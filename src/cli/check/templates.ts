import { basename, dirname } from 'node:path';
import { readAssembly, templatesBeside } from '../../template/assembly.ts';
import { readTemplate, type ReadTemplate } from '../../template/read.ts';
import { pseudoParameters, type PseudoParameters } from '../../template/scope.ts';
import { examineStacks } from '../../template/stacks/examine-stacks.ts';
import type { ExaminedStack, StackSource } from '../../template/stacks/model.ts';
import type { Origin } from '../../topology/model.ts';
import { contextOfStacks } from '../../verify/stacks.ts';
import { assumedRegion, partitionOf, type Given } from './known.ts';
import type { Subject } from './subject.ts';

export interface Examined {
  readonly stacks: readonly ExaminedStack[];
  /** The region that was assumed, where nobody says one and an answer may depend on it. */
  readonly assumed: string | undefined;
  /** By file, those of nested stacks included. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Templates of a command line, or the folder of an assembly, with what they nest and what they import from each other. */
export function examineFiles(
  named: readonly string[] | { readonly assembly: string },
  { parameters, region }: Given,
  readText: (file: string) => string | undefined,
  stackNames: (file: string) => string = stackName,
): Examined {
  const texts = new Map<string, string>();
  const read = (file: string): string | undefined => {
    const text = texts.get(file) ?? readText(file);
    if (text !== undefined) texts.set(file, text);
    return text;
  };
  const sources: readonly (Pick<StackSource, 'name' | 'template' | 'supplied'> & {
    readonly pseudo?: PseudoParameters;
  })[] =
    'assembly' in named
      ? readAssembly(read, named.assembly)
      : named.map((file) => ({
          name: stackNames(file),
          template: readTemplate(read(file) ?? '', file, parameters),
        }));
  const open = sources.filter(({ pseudo }) => pseudo?.['AWS::Region'] === undefined);
  const assumed = region ?? assumedRegion(open.map(({ template }) => template.template));
  const identity = { accountId: '123456789012', region: assumed, ...partitionOf(assumed) };
  const stacks = examineStacks(
    sources.map(({ name, template, supplied, pseudo }) => ({
      name,
      template,
      supplied: { ...supplied, ...suppliedTo(template, parameters) },
      pseudo: { ...pseudoParameters({ ...identity, stackName: name }), ...pseudo },
    })),
    {
      zones: (name) => ['a', 'b', 'c'].map((letter) => `${name}${letter}`),
      readTemplate: templatesBeside(read),
    },
  );
  const usesRegion = open.some(({ template: { file } }) => /AWS::Region|GetAZs/.test(texts.get(file) ?? ''));
  return { stacks, texts, assumed: region === undefined && usesRegion ? assumed : undefined };
}

/** Templates as they were written, as one deployment. */
export function templatesSubject(
  named: readonly string[] | { readonly assembly: string },
  given: Given,
  readText: (file: string) => string | undefined,
): Subject {
  const { stacks, assumed, texts } = examineFiles(named, given, readText);
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const stackOf = ({ stack }: Origin) => (stack === undefined ? stacks[0] : byName.get(stack));
  return {
    kind: 'templates',
    name: 'assembly' in named ? named.assembly : named.length === 1 ? named[0]! : `${named.length} templates`,
    context: contextOfStacks(stacks),
    unanswered: stacks.flatMap((stack) =>
      stack.unanswered.map(({ path, why }) => ({
        id: 'template',
        resource: path[0] === 'Resources' ? stack.nameOf(String(path[1])) : path.join('.'),
        get position() {
          return stack.positionOf(path);
        },
        why,
      })),
    ),
    positionOf: (origin) => stackOf(origin)?.positionOf(origin.path),
    sourceOf: (origin, path) => stackOf(origin)?.sourceOf(path) ?? path,
    text: (file) => texts.get(file),
    folder: 'assembly' in named ? dirname(named.assembly) : dirname(named[0] ?? ''),
    notes: assumed === undefined ? [] : [`checked as in the region ${assumed} (--region NAME for another)`],
  };
}

const suppliedTo = ({ template }: ReadTemplate, given: Given['parameters']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).filter(([name]) => Object.hasOwn(template.Parameters ?? {}, name)),
  );

/** A stack's name where nobody gives one: its file's. */
export const stackName = (file: string): string =>
  basename(file).replace(/(\.template)?\.(ya?ml|json|template)$/, '');
