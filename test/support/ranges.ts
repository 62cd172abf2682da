import { execFileSync } from 'node:child_process';
import { findProgram } from './programs.ts';
import type { User } from './fairway.ts';

const name = 'fairway-ranges';
const mappers = ['newuidmap', 'newgidmap', 'useradd', 'userdel'];

/** Why no user with uid ranges of its own can be made here. */
export const noRanges: string | undefined =
  process.getuid!() !== 0
    ? 'root'
    : mappers.every((program) => findProgram(program))
      ? undefined
      : "newuidmap, of Debian's uidmap";

/** An ordinary user whom /etc/subuid and /etc/subgid give ranges, as useradd does; to be removed after the tests. */
export const userWithRanges: User = {
  name: `an ordinary user with uid ranges${noRanges === undefined ? '' : ` (needs ${noRanges})`}`,
  get ids() {
    const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
    return { uid: id('-u'), gid: id('-g') };
  },
};

export function makeUserWithRanges(): void {
  removeUserWithRanges();
  execFileSync('useradd', ['--no-create-home', '--user-group', name], { stdio: 'ignore' });
}

export function removeUserWithRanges(): void {
  try {
    execFileSync('userdel', [name], { stdio: 'ignore' });
  } catch {
    // There is none.
  }
}
