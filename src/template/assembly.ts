import { InputError } from '../common/problem.ts';
import { isObject } from './json.ts';
import { readTemplate, type ReadTemplate } from './read.ts';
import { pseudoParameters, type PseudoParameters } from './scope.ts';
import type { StackSource } from './stacks/model.ts';

/** The text of a file; undefined where there is none. */
export type ReadFile = (path: string) => string | undefined;

/** One stack of an assembly. */
export interface AssemblyStack extends StackSource {
  /** Its id among the artifacts; `name` is the stack's. */
  readonly artifact: string;
  readonly dependsOn: readonly string[];
  readonly region?: string;
  readonly account?: string;
  readonly assets: readonly Asset[];
}

/** What is published before a stack is deployed. */
export interface Asset {
  readonly kind: 'file' | 'image';
  readonly hash: string;
  /** The file or the build context, below the assembly. */
  readonly path?: string;
}

/**
 * What the CDK wrote into `cdk.out`: its stacks, each after those it depends on, with nested assemblies (stages).
 * https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-assemblies
 * @throws InputError when there is no manifest or a file that it names is missing
 */
export function readAssembly(readFile: ReadFile, directory: string): readonly AssemblyStack[] {
  const stacks = stacksOf(readFile, directory);
  const done = new Set<AssemblyStack>();
  const ordered: AssemblyStack[] = [];
  const visit = (stack: AssemblyStack): void => {
    if (done.has(stack)) return;
    done.add(stack);
    for (const id of stack.dependsOn) stacks.filter(({ artifact }) => artifact === id).forEach(visit);
    ordered.push(stack);
  };
  stacks.forEach(visit);
  return ordered;
}

/** Reads the templates of nested stacks, which templates name by their paths beside them. */
export function templatesBeside(
  readFile: ReadFile,
): (path: string, from: ReadTemplate) => ReadTemplate | undefined {
  return (path, { file }) => {
    const cut = file.lastIndexOf('/');
    const whole = path.startsWith('/') || cut < 0 ? path : inside(file.slice(0, cut), path);
    const text = readFile(whole);
    return text === undefined ? undefined : readTemplate(text, whole);
  };
}

function stacksOf(readFile: ReadFile, directory: string): AssemblyStack[] {
  const artifacts = artifactsOf(readFile, directory);
  return [...artifacts].flatMap(([artifact, { type, properties, dependencies, environment }]) => {
    if (type === 'cdk:cloud-assembly' && typeof properties['directoryName'] === 'string')
      return stacksOf(readFile, inside(directory, properties['directoryName']));
    if (type !== 'aws:cloudformation:stack') return [];
    const file = inside(directory, String(properties['templateFile']));
    const name = typeof properties['stackName'] === 'string' ? properties['stackName'] : artifact;
    const where = environmentOf(environment);
    return [
      {
        artifact,
        name,
        dependsOn: dependencies,
        template: readTemplate(existing(readFile, file), file, parametersOf(properties)),
        supplied: parametersOf(properties),
        pseudo: pseudoOf(name, where),
        ...where,
        assets: dependencies.flatMap((id) => {
          const manifest = artifacts.get(id);
          return manifest?.type === 'cdk:asset-manifest'
            ? assetsOf(readFile, directory, inside(directory, String(manifest.properties['file'])))
            : [];
        }),
      },
    ];
  });
}

interface Artifact {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly dependencies: readonly string[];
  readonly environment: string;
}

function artifactsOf(readFile: ReadFile, directory: string): ReadonlyMap<string, Artifact> {
  const file = inside(directory, 'manifest.json');
  const { artifacts } = jsonOf(existing(readFile, file), file);
  return new Map(
    Object.entries(isObject(artifacts) ? artifacts : {}).flatMap(([id, artifact]): [string, Artifact][] => {
      if (!isObject(artifact)) return [];
      const { type, properties, dependencies, environment } = artifact;
      return [
        [
          id,
          {
            type: String(type),
            properties: isObject(properties) ? properties : {},
            dependencies: Array.isArray(dependencies) ? dependencies.map(String) : [],
            environment: typeof environment === 'string' ? environment : '',
          },
        ],
      ];
    }),
  );
}

/** `aws://123456789012/eu-west-1`; what a stack does not say is `unknown-account`, `unknown-region`. */
function environmentOf(text: string): { readonly account?: string; readonly region?: string } {
  const [, account = '', region = ''] = /^aws:\/\/([^/]*)\/(.*)$/.exec(text) ?? [];
  return {
    ...(/^\d{12}$/.test(account) ? { account } : {}),
    ...(region === '' || region === 'unknown-region' ? {} : { region }),
  };
}

function pseudoOf(
  stackName: string,
  { account, region }: { readonly account?: string; readonly region?: string },
): PseudoParameters {
  const china = region?.startsWith('cn-') ?? false;
  const all = pseudoParameters({
    accountId: account ?? '',
    region: region ?? '',
    partition: china ? 'aws-cn' : region?.startsWith('us-gov-') ? 'aws-us-gov' : 'aws',
    urlSuffix: china ? 'amazonaws.com.cn' : 'amazonaws.com',
    stackName,
  });
  // What is not known stays symbolic.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

function parametersOf({ parameters }: Readonly<Record<string, unknown>>): Record<string, string> {
  if (!isObject(parameters)) return {};
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
}

function assetsOf(readFile: ReadFile, directory: string, file: string): Asset[] {
  const text = readFile(file);
  if (text === undefined) return [];
  const manifest = jsonOf(text, file);
  return (['files', 'dockerImages'] as const).flatMap((key) => {
    const members = manifest[key];
    return Object.entries(isObject(members) ? members : {}).map(([hash, member]): Asset => {
      const source = isObject(member) && isObject(member['source']) ? member['source'] : {};
      const path = source[key === 'files' ? 'path' : 'directory'];
      return {
        kind: key === 'files' ? 'file' : 'image',
        hash,
        ...(typeof path === 'string' ? { path: inside(directory, path) } : {}),
      };
    });
  });
}

function existing(readFile: ReadFile, file: string): string {
  const text = readFile(file);
  if (text !== undefined) return text;
  throw new InputError([
    {
      code: 'assembly-file-missing',
      message: `${file} is not there`,
      position: { file, line: 1, column: 1 },
      fix: 'run cdk synth, and name its output directory (cdk.out)',
    },
  ]);
}

function jsonOf(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  const position = { file, line: 1, column: 1 };
  throw new InputError([{ code: 'assembly-not-json', message: `${file} is no JSON object`, position }]);
}

const inside = (directory: string, path: string): string =>
  path.startsWith('/') || directory === '' ? path : `${directory.replace(/\/$/, '')}/${path}`;
