import { InputError } from '../common/problem.ts';
import type { Template } from './model.ts';
import type { PositionOf } from './path.ts';
import { writtenOut } from './written-out.ts';
import { checkStructure } from './structure.ts';
import { parseText } from './text.ts';

export interface ParsedTemplate {
  readonly template: Template;
  readonly file: string;
  /** Where a node stands: its key in a map, its first character in a list; a missing node gives its nearest ancestor. */
  readonly positionOf: PositionOf;
}

/**
 * Reads a template that is to be enacted: JSON first, then YAML, short and long intrinsics alike; loops are written out.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html
 * @throws InputError with every structural problem, each with its position
 */
export function parseTemplate(
  text: string,
  file = 'template',
  supplied: Readonly<Record<string, string>> = {},
): ParsedTemplate {
  const written = parseText(text, file);
  const { value, sourceOf, problems, unanswered } = writtenOut(
    text,
    written.value,
    written.positionOf,
    supplied,
  );
  const positionOf: PositionOf = (path) => written.positionOf(sourceOf(path));
  const open = unanswered.map(({ path, why }) => ({
    code: 'template-loop',
    message: why,
    position: positionOf(path),
    fix: 'give the parameter a value or a Default',
  }));
  if (problems.length + open.length > 0) throw new InputError([...problems, ...open]);
  checkStructure(value, positionOf);
  return { template: value, file, positionOf };
}
