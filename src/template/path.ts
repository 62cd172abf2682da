import type { Position } from '../common/problem.ts';

/** Keys and indices from the root of a template to a node, intrinsics written in their long form. */
export type Path = readonly (string | number)[];

export type PositionOf = (path: Path) => Position | undefined;

/** `/Resources/Web/Properties/Cpu`, as AWS writes places in its messages. */
export function pathText(path: Path): string {
  return `/${path.join('/')}`;
}
