import { posix } from 'node:path';
import type { FileSource, Located } from '../app.ts';
import type { Position } from '../../common/problem.ts';
import { type Findings, wrong } from '../read.ts';

/** What a service's keys refer to outside of the compose file. */
export interface Surroundings {
  /** A variable as the file of this position sees it: the environment, then its project's .env. */
  readonly lookup: (name: string, at: Position) => string | undefined;
  readonly readFile: (path: string) => string | undefined;
  /** The secrets of the project, by name, for builds that are granted some. */
  readonly secrets: ReadonlyMap<string, FileSource>;
  /** A path of the project as one that can be opened. */
  readonly locate: (path: string) => string;
  /** A path of the project as an absolute one; undefined, and said why, where `~` is nobody's. */
  readonly absolute: (found: Findings, path: Located<string>) => string | undefined;
}

/** @param folder of the project, absolute, and as it was given */
export function surroundings(
  folder: { readonly absolute: string; readonly given: string },
  lookup: Surroundings['lookup'],
  readFile: Surroundings['readFile'],
): Surroundings {
  const above = folder.absolute.endsWith('/') ? folder.absolute : `${folder.absolute}/`;
  return {
    lookup,
    secrets: new Map(),
    // Below the project's folder by the path it was given by: what reads may know no other.
    readFile: (path) =>
      readFile(path) ??
      (path.startsWith(above) ? readFile(posix.join(folder.given, path.slice(above.length))) : undefined),
    locate: (path) => (posix.isAbsolute(path) ? path : posix.join(folder.given, path)),
    absolute(found, { value, position }) {
      if (!/^~(\/|$)/.test(value)) {
        if (!value.startsWith('~')) return posix.resolve(folder.absolute, value);
        const message = `${value} stands for the home of another user`;
        wrong(found, position, message, 'write its path from / on');
        return undefined;
      }
      const home = lookup('HOME', position);
      if (home) return posix.resolve(folder.absolute, posix.join(home, value.slice(1)));
      wrong(
        found,
        position,
        `${value} is below the home folder, and HOME is not set`,
        'write its path from / on',
      );
      return undefined;
    },
  };
}
