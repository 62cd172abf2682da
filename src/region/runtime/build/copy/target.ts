import { posix } from 'node:path';
import { lookUp } from '../../images/view.ts';
import type { StageState } from '../state.ts';

/** Where the sources go, links resolved; a directory when it ends with a slash, is one, or has to be one. */
export async function targetOf(
  below: readonly string[],
  state: StageState,
  destination: string,
  needsDirectory: boolean,
): Promise<{ readonly path: string; readonly isDirectory: boolean }> {
  const absolute = posix.resolve(state.config.workingDirectory ?? '/', destination);
  const { path, stats } = await lookUp(below, absolute);
  const isDirectory = needsDirectory || /(^|\/)\.{0,2}$/.test(destination) || stats?.isDirectory() === true;
  return { path, isDirectory };
}
