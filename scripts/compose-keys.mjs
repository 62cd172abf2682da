/**
 * Writes the keys that the Compose specification has, by path, from its JSON schema:
 *   node scripts/compose-keys.mjs FOLDER_OF_A_CLONE_OF_compose-spec
 * so that a test can compare them with src/compose/keys.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const [repository] = process.argv.slice(2);
if (repository === undefined)
  throw new Error('give the folder of a clone of github.com/compose-spec/compose-spec');
const git = (...args) => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' });
const schema = JSON.parse(git('show', 'HEAD:schema/compose-spec.json'));
const keys = new Set();
walk(schema, '');
writeFileSync(
  new URL('../src/compose/keys/testing/specification.json', import.meta.url),
  `${JSON.stringify(
    {
      source: 'github.com/compose-spec/compose-spec',
      commit: git('rev-parse', 'HEAD').trim(),
      keys: [...keys],
    },
    null,
    2,
  )}\n`,
);

/** `*` stands for a name of the author's, or for an item of a list. */
function walk(node, path) {
  if (node.$ref) return walk(schema.definitions[node.$ref.split('/').at(-1)], path);
  for (const form of node.oneOf ?? []) walk(form, path);
  for (const [name, below] of Object.entries(node.properties ?? {})) {
    keys.add(`${path}${name}`);
    walk(below, `${path}${name}.`);
  }
  for (const [pattern, below] of Object.entries(node.patternProperties ?? {}))
    if (pattern !== '^x-') walk(below, `${path}*.`);
  if (node.items) walk(node.items, `${path}*.`);
}
