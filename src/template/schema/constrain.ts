import type { Path } from '../path.ts';
import type { TemplateProblem } from '../problem.ts';

/** The values of properties that their types do not take. */
export function constrain(
  _type: string,
  _properties: Readonly<Record<string, unknown>>,
  _path: Path,
): TemplateProblem[] {
  return [];
}
