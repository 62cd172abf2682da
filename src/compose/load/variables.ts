import type { Problem } from '../../common/problem.ts';
import { interpolate, type Lookup } from '../interpolate.ts';
import { mapScalars, type ScalarTree, type Tree } from '../tree.ts';

/** Puts variables into every value; a key has none: https://docs.docker.com/reference/compose-file/interpolation/ */
export function fill<T extends Tree>(tree: T, lookup: Lookup, problems: Problem[]): T {
  return mapScalars(tree, (scalar) => fillScalar(scalar, lookup, problems)) as T;
}

function fillScalar(scalar: ScalarTree, lookup: Lookup, problems: Problem[]): Tree {
  if (typeof scalar.value !== 'string' || !scalar.value.includes('$')) return scalar;
  const { text, faults } = interpolate(scalar.value, lookup);
  const { position, inset } = scalar;
  for (const { code, message, fix, offset } of faults)
    problems.push({
      code,
      message,
      fix,
      position: inset === undefined ? position : { ...position, column: position.column + inset + offset },
    });
  return { ...scalar, value: text, text };
}
