import { posix } from 'node:path';
import type { Position } from '../../common/problem.ts';
import type { Lookup } from '../interpolate.ts';
import type { Findings } from '../read.ts';
import type { Tree } from '../tree.ts';
import { readYaml } from './yaml.ts';

export type ReadFile = (path: string) => string | undefined;

/** More files than any project has; fewer than includes of includes of includes would make. */
const MOST_FILES = 300;

/** Where the files of a project, or of an included one, are read from. */
export interface Base {
  /** Their paths are relative to this. */
  readonly directory: string;
  readonly lookup: Lookup;
  /** The files that include one another to here, outermost first. */
  readonly chain: readonly string[];
}

/** What the files of one project have in common while they are read. */
export interface Loading {
  readonly readFile: ReadFile;
  /** What is wrong with the files; what is wrong within a service stands apart, as it may be in no active profile. */
  readonly found: Findings;
  readonly ofService: (name: string) => Findings;
  /** The project's folder, absolute: paths of the tree are relative to it. */
  readonly folder: string;
  /** A path as one from the root on. */
  readonly resolve: (path: string) => string;
  /** The variables that a file sees. */
  readonly lookups: Map<string, Lookup>;
  /** The YAML of a file; undefined where it is broken, which is told once. */
  readonly yaml: (path: string, content: string) => Tree | undefined;
  /** Whether YAML said what is wrong with a file. */
  readonly isBroken: (path: string) => boolean;
  /** Every file that was read, in order. */
  readonly files: ReadonlySet<string>;
  /** False, and told, where there are too many. */
  readonly another: (at: Position) => boolean;
}

export function startLoading(
  readFile: ReadFile,
  found: Findings,
  currentFolder: string,
  directory: string,
): Loading {
  const services = new Map<string, Findings>();
  const parsed = new Map<string, Tree | undefined>();
  const broken = new Set<string>();
  let count = 0;
  const resolve = (path: string) => posix.resolve(currentFolder, path);
  return {
    readFile,
    found,
    ofService(name) {
      const findings = services.get(name) ?? { problems: [], notices: [] };
      services.set(name, findings);
      return findings;
    },
    folder: resolve(directory),
    resolve,
    lookups: new Map(),
    yaml(path, content) {
      if (!parsed.has(path)) {
        const before = found.problems.length;
        parsed.set(path, readYaml(content, path, found.problems));
        if (found.problems.length > before) broken.add(path);
      }
      return parsed.get(path);
    },
    isBroken: (path) => broken.has(path),
    get files() {
      return new Set(parsed.keys());
    },
    another(at) {
      if (++count === MOST_FILES)
        found.problems.push({
          code: 'compose-too-large',
          message: `include and extends lead to more than ${MOST_FILES} files`,
          position: at,
          fix: 'include each file once',
        });
      return count < MOST_FILES;
    },
  };
}
