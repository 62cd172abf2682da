import type { Random } from './random.ts';

export type Tree = string | number | boolean | null | readonly Tree[] | { readonly [key: string]: Tree };

const LEAVES: readonly Tree[] = [
  null,
  '',
  'x',
  '*',
  '0',
  '-1',
  '65536',
  0,
  -1,
  1.5,
  2 ** 53,
  1e300,
  true,
  false,
  'true',
  [],
  {},
  [[]],
  [null],
  { '': '' },
  { a: { b: ['c'] } },
  '10.0.0.0/16',
  '10.0.0.0/99',
  '${AWS::Region}',
  '${Nothing}',
  '${',
  '{{resolve:ssm:/a:1}}',
  'arn:aws:iam::123456789012:role/a',
  'a'.repeat(300),
];
const KEYS = [
  '',
  ' ',
  'Ref',
  'Fn::If',
  'Properties',
  'Type',
  'constructor',
  '__proto__',
  'toString',
  'a.b',
  '0',
  'DependsOn',
  'extends',
  '<<',
];

/** One to four changes of the tree's structure. */
export function mutateTree(tree: Tree, other: Tree, random: Random): Tree {
  let result = tree;
  const names = namesIn(tree);
  for (let left = 1 + random.below(4); left > 0; left--) {
    const paths = pathsIn(result);
    const path = random.of(paths);
    const strange = pathsIn(other);
    result = changed(result, path, (value, key) => {
      switch (random.below(8)) {
        case 0:
          return undefined;
        case 1:
          return [[key, random.of(LEAVES)]];
        case 2:
          return [[key, at(result, random.of(paths))]];
        case 3:
          return [[key, at(other, random.of(strange))]];
        case 4:
          return [[random.chance(3) ? random.of(KEYS) : String(random.of(names)), value]];
        case 5:
          return [
            [key, value],
            [random.chance(3) ? random.of(KEYS) : `${key}2`, value],
          ];
        case 6:
          return [[key, intrinsic(value, names, random)]];
        default:
          return [[key, random.chance(2) ? [value] : { [String(random.of(names))]: value }]];
      }
    });
  }
  return result;
}

/** The intrinsics of CloudFormation around a value, rightly and wrongly. */
function intrinsic(value: Tree, names: readonly string[], random: Random): Tree {
  const name = random.of(names);
  const made: readonly Tree[] = [
    { Ref: name },
    { Ref: value },
    { 'Fn::GetAtt': [name, 'Arn'] },
    { 'Fn::GetAtt': `${name}.Arn` },
    { 'Fn::GetAtt': value },
    { 'Fn::Sub': `\${${name}}-\${${name}.Arn}` },
    { 'Fn::Sub': ['${a}', { a: value }] },
    { 'Fn::Sub': value },
    { 'Fn::Join': ['', [value, { Ref: name }]] },
    { 'Fn::Join': value },
    { 'Fn::Select': [random.below(4) - 1, value] },
    { 'Fn::Select': [{ Ref: name }, { 'Fn::Split': [',', value] }] },
    { 'Fn::Split': ['', value] },
    { 'Fn::If': [name, value, { Ref: 'AWS::NoValue' }] },
    { 'Fn::If': value },
    { 'Fn::FindInMap': [name, name, value] },
    { 'Fn::FindInMap': [name, value, 'a', { DefaultValue: value }] },
    { 'Fn::GetAZs': value },
    { 'Fn::Cidr': [value, 4, '8'] },
    { 'Fn::Cidr': ['10.0.0.0/16', random.below(300), String(random.below(40))] },
    { 'Fn::ImportValue': value },
    { 'Fn::Base64': value },
    { 'Fn::Length': value },
    { 'Fn::ToJsonString': value },
    { 'Fn::Equals': [value, name] },
    { 'Fn::And': [value, { Condition: name }] },
    { 'Fn::Not': [value] },
    { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: value } } },
    { 'Fn::ForEach::Each': ['Name', ['A', 'B'], { 'Each${Name}': value }] },
    { 'Fn::ForEach::Each': [name, { Ref: name }, value] },
    { 'Fn::Nothing': value },
    { Condition: name },
  ];
  return random.of(made);
}

type Path = readonly (string | number)[];

function pathsIn(tree: Tree): Path[] {
  const paths: Path[] = [];
  const visit = (value: Tree, path: Path): void => {
    if (path.length > 0) paths.push(path);
    if (isList(value)) value.forEach((item, index) => visit(item, [...path, index]));
    else if (isMap(value)) for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
  };
  visit(tree, []);
  return paths.length > 0 ? paths : [[]];
}

/** Keys and short texts, which are names of something. */
function namesIn(tree: Tree): string[] {
  const names = new Set<string>(['Nothing', 'AWS::NoValue', 'AWS::Region']);
  const visit = (value: Tree): void => {
    if (typeof value === 'string' && value.length < 30) names.add(value);
    else if (isList(value)) value.forEach(visit);
    else if (isMap(value))
      for (const [key, item] of Object.entries(value)) {
        names.add(key);
        visit(item);
      }
  };
  visit(tree);
  return [...names];
}

const isList = (value: Tree): value is readonly Tree[] => Array.isArray(value);
const isMap = (value: Tree): value is { readonly [key: string]: Tree } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function at(tree: Tree, path: Path): Tree {
  let value: Tree = tree;
  for (const key of path) value = (value as Record<string | number, Tree>)[key] ?? null;
  return value;
}

/** The tree with entries in place of the one at the path; `undefined` removes it. */
function changed(
  tree: Tree,
  path: Path,
  change: (value: Tree, key: string) => readonly (readonly [string, Tree])[] | undefined,
): Tree {
  const [key, ...rest] = path;
  if (key === undefined) return change(tree, '')?.[0]?.[1] ?? null;
  const one = (value: Tree, own: string) =>
    rest.length > 0 ? [[own, changed(value, rest, change)] as const] : (change(value, own) ?? []);
  if (isList(tree))
    return tree.flatMap((value, index) =>
      index === key ? one(value, String(index)).map(([, made]) => made) : [value],
    );
  if (!isMap(tree)) return tree;
  return Object.fromEntries(
    Object.entries(tree).flatMap(([own, value]) => (own === key ? one(value, own) : [[own, value] as const])),
  );
}
