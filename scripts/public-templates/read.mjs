// Reads templates as far as a plan of stacks needs: parameters, outputs, imports, images.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';

const FUNCTIONS =
  'And Base64 Cidr Equals FindInMap GetAtt GetAZs If ImportValue Join Not Or Select Split Sub Transform'
    .split(' ')
    .map((name) => [name, `Fn::${name}`]);
const tags = [...FUNCTIONS, ['Ref', 'Ref'], ['Condition', 'Condition']].flatMap(([short, long]) => [
  { tag: `!${short}`, resolve: (text) => ({ [long]: text }) },
  ...['map', 'seq'].map((collection) => ({
    tag: `!${short}`,
    collection,
    resolve: (node) => ({ [long]: node.toJSON() }),
  })),
]);

/** Every template below a folder: `{ path, text, template, exports, imports }`. */
export function readTemplates(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ya?ml|json|template)$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => !/(^|\/)(\.git|node_modules)\//.test(path))
    .sort()
    .flatMap((path) => {
      const text = readFileSync(join(folder, path), 'utf8');
      if (!/^\s*"?Resources"?\s*:/m.test(text)) return [];
      const template = templateOf(text);
      return template ? [{ path, text, template, ...namesOf(template) }] : [];
    });
}

function templateOf(text) {
  try {
    const value = parse(text, { customTags: tags, logLevel: 'error', uniqueKeys: false });
    return typeof value?.Resources === 'object' && !Array.isArray(value.Resources) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const typesOf = ({ template }) =>
  new Set(Object.values(template.Resources).map((resource) => resource?.Type));

function namesOf(template) {
  const exports = Object.values(template.Outputs ?? {}).flatMap(
    (output) => prefixed(output?.Export?.Name) ?? [],
  );
  return {
    exports: exports.filter(({ of }) => of === 'AWS::StackName').map(({ suffix }) => suffix),
    imports: [...importsIn(template.Resources)],
  };
}

function* importsIn(value) {
  if (typeof value !== 'object' || value === null) return;
  const name = prefixed(value['Fn::ImportValue']);
  if (name) yield name;
  for (const member of Object.values(value)) yield* importsIn(member);
}

/** A name made of one reference and a constant end: `{ of: 'ParentVPCStack', suffix: '-VPC' }`. */
function prefixed(name) {
  const sub = name?.['Fn::Sub'];
  const text = Array.isArray(sub) ? sub[0] : sub;
  const [, of, suffix] = /^\$\{([^}]+)\}([^$]*)$/.exec(text ?? '') ?? [];
  if (of !== undefined) return { of, suffix };
  const [separator, [first, ...rest] = []] = name?.['Fn::Join'] ?? [];
  if (first?.Ref === undefined || !rest.every((part) => typeof part === 'string')) return undefined;
  return { of: first.Ref, suffix: ['', ...rest].join(separator) };
}

/** What the containers of the template run, where it is written or the default of a parameter. */
export function imagesOf({ template }) {
  return Object.values(template.Resources)
    .filter((resource) => resource?.Type === 'AWS::ECS::TaskDefinition')
    .flatMap((resource) => {
      const containers = resource.Properties?.ContainerDefinitions;
      return Array.isArray(containers) ? containers : [];
    })
    .flatMap((container) => [container?.['Fn::If']?.slice(1) ?? container].flat())
    .flatMap(({ Image: image } = {}) => {
      if (typeof image === 'string') return [{ text: image }];
      const parameter = image?.Ref;
      const declared = template.Parameters?.[parameter];
      return declared ? [{ parameter, text: declared.Default }] : [];
    });
}
