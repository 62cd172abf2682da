import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { design } from '../../src/architect/design.ts';
import { GOLDENS } from '../../src/architect/testing/goldens.ts';
import { composeSubject } from '../../src/cli/check/compose.ts';
import { checkSubject } from '../../src/cli/check/run.ts';
import { templatesSubject } from '../../src/cli/check/templates.ts';
import { InputError } from '../../src/common/problem.ts';
import { readProject } from '../../src/compose/project.ts';
import { RICH } from '../../src/compose/testing/rich.ts';
import { evaluateTemplate } from '../../src/template/evaluated.ts';
import { parseTemplate } from '../../src/template/parse.ts';
import { parseText } from '../../src/template/text.ts';
import { pseudoParameters } from '../../src/template/scope.ts';
import { applyEdits } from '../../src/verify/edits.ts';
import { mutateText } from './mutate-text.ts';
import { mutateTree, type Tree } from './mutate-tree.ts';
import { randomOf } from './random.ts';

export interface Target {
  readonly name: 'template' | 'compose';
  /** The mutation of this number: the same for the same seed. */
  mutation(seed: number, index: number): Mutation;
}
export interface Mutation {
  /** Of the file that was mutated. */
  readonly of: string;
  readonly text: string;
  /** Reads and checks a text in place of the mutated one; what must not come out is thrown, or said. */
  tell(text: string): string | undefined;
}
type Files = Readonly<Record<string, string>>;

const identity = {
  accountId: '123456789012',
  region: 'eu-west-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
};

export function targetsOf(root: string): readonly Target[] {
  const under = (folder: string): string[] =>
    readdirSync(join(root, folder)).flatMap((name) => {
      const path = `${folder}/${name}`;
      if (name === 'node_modules') return [];
      return statSync(join(root, path)).isDirectory() ? under(path) : [path];
    });
  const files = ['src', 'test', 'examples']
    .flatMap(under)
    .filter((path) => /\.(ya?ml|json|template)$/.test(path));
  const texts = files.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const templates = texts.filter(
    ({ text }) => text.length < 100_000 && /^"?Resources"?:|^ *"Resources": \{/m.test(text),
  );
  const beside: Files = Object.fromEntries(templates.map(({ path, text }) => [path, text]));
  const projects: readonly { readonly name: string; readonly files: Files }[] = [
    ...texts
      .filter(({ path }) => /compose\.ya?ml$/.test(path))
      .map(({ path, text }) => ({ name: path, files: { 'compose.yaml': text } })),
    { name: 'rich', files: RICH },
    ...Object.entries(GOLDENS).map(([name, golden]) => ({
      name,
      files: typeof golden.files === 'string' ? { 'compose.yaml': golden.files } : golden.files,
    })),
  ];
  if (templates.length < 100 || projects.length < 10) throw new Error('where are the fixtures?');
  return [
    {
      name: 'template',
      mutation(seed, index) {
        const random = randomOf(seed, index);
        const { path, text } = random.of(templates);
        const other = random.of(templates).text;
        const made = random.chance(2)
          ? mutateText(text, other, random)
          : printed(mutateTree(treeOf(text), treeOf(other), random), random.chance(2));
        return { of: path, text: made, tell: (one) => tellTemplate(path, one, beside) };
      },
    },
    {
      name: 'compose',
      mutation(seed, index) {
        const random = randomOf(seed, index);
        const { name, files } = random.of(projects);
        const text = files['compose.yaml']!;
        const other = random.of(projects).files['compose.yaml']!;
        const made = random.chance(2)
          ? mutateText(text, other, random)
          : printed(mutateTree(composeTree(text), composeTree(other), random), random.chance(4));
        return { of: name, text: made, tell: (one) => tellCompose({ ...files, 'compose.yaml': one }) };
      },
    },
  ];
}

const trees = new Map<string, Tree>();
/** A fixture is read once. */
function kept(text: string, read: () => unknown): Tree {
  const tree = trees.get(text) ?? (read() as Tree);
  trees.set(text, tree);
  return tree;
}
const treeOf = (text: string): Tree => kept(text, () => parseText(text, 'template').value);
const composeTree = (text: string): Tree => kept(text, () => parse(text, { merge: true }));
function printed(tree: Tree, asJson: boolean): string {
  return asJson ? JSON.stringify(tree, null, 2) : stringify(tree, { aliasDuplicateObjects: false });
}

/** As `fairway check` reads it, and as the region does before it makes a stack of it. */
function tellTemplate(path: string, text: string, beside: Files): string | undefined {
  const read = (file: string) => (file === path ? text : beside[file]);
  return (
    told(() => {
      const subject = templatesSubject([path], { parameters: {}, region: 'eu-west-1' }, read);
      const { findings } = checkSubject(subject, []);
      const lost = findings.find(({ position }) => position === undefined);
      if (lost) return `a finding without a position: ${lost.id}: ${lost.message}`;
      // What a finding offers can be done.
      for (const { fix } of findings.slice(0, 3)) if (fix) applyEdits(text, fix.edits);
      return undefined;
    }) ??
    told(() => {
      const { template, positionOf } = parseTemplate(text, path);
      const parameters = Object.fromEntries(
        Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [
          name,
          String(Default ?? 'x'),
        ]),
      );
      evaluateTemplate({
        template,
        parameters,
        pseudo: pseudoParameters(identity),
        positionOf,
        zones: (region) => ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
      });
      return undefined;
    })
  );
}

/** As `fairway check` and `fairway synth` read it. */
function tellCompose(files: Files): string | undefined {
  return told(() => {
    const app = readProject({
      paths: ['compose.yaml'],
      environment: { TOKEN: 'from the environment' },
      currentFolder: '/project',
      readFile: (path) => {
        const name = path.replace(/^\/project\//, '');
        return Object.hasOwn(files, name) ? files[name] : undefined;
      },
    });
    const subject = composeSubject({ app, design: design(app) }, { text: () => undefined });
    const lost = checkSubject(subject, []).findings.find(({ position }) => position === undefined);
    return lost ? `a finding without a position: ${lost.id}: ${lost.message}` : undefined;
  });
}

/** Wrong input has a place; anything else that is thrown goes on. */
function told(attempt: () => string | undefined): string | undefined {
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const lost = error.problems.find(({ position }) => position === undefined);
    if (lost) return `a problem without a position: ${lost.code}: ${lost.message}`;
    return error.problems.length === 0 ? 'an error without a problem' : undefined;
  }
}
