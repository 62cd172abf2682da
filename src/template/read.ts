import { InputError } from '../common/problem.ts';
import { isObject } from './json.ts';
import type { Template } from './model.ts';
import type { ParsedTemplate } from './parse.ts';
import { parseText } from './text.ts';
import type { Path, PositionOf } from './path.ts';
import type { TemplateProblem, Unanswered } from './problem.ts';
import { sound } from './sound.ts';
import { structureProblems } from './structure.ts';
import { writtenOut } from './written-out.ts';

/** A template that was only read, whatever is wrong with it: what has no shape at all is left out of it and is a problem. */
export interface ReadTemplate extends ParsedTemplate {
  readonly problems: readonly TemplateProblem[];
  readonly unanswered: readonly Unanswered[];
  /** Where what stands at a path of `template` was written, for what loops made. */
  readonly sourceOf: (path: Path) => Path;
}

/**
 * Reads a template in the whole of CloudFormation's language, to be examined and not to be enacted. Loops over parameters take their
 * values from `supplied`, else from the defaults.
 * @throws InputError for a text that is neither JSON nor YAML, or no map
 */
export function readTemplate(
  text: string,
  file = 'template',
  supplied: Readonly<Record<string, string>> = {},
): ReadTemplate {
  const written = parseText(text, file);
  if (!isObject(written.value))
    throw new InputError(structureProblems(written.value, written.positionOf, 'language'));
  const { value, sourceOf, ...loops } = writtenOut(text, written.value, written.positionOf, supplied);
  const positionOf: PositionOf = (path) => written.positionOf(sourceOf(path));
  const problems = [...loops.problems, ...structureProblems(value, positionOf, 'language')];
  const template = sound(isObject(value) ? value : {});
  return {
    template,
    file,
    positionOf,
    sourceOf,
    problems,
    unanswered: [...loops.unanswered, ...macrosOf(template)],
  };
}

/** Macros make of a template what only a deployment shows. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html */
function macrosOf({ Transform = [] }: Template): Unanswered[] {
  return [Transform].flat().flatMap((transform) => {
    const name = typeof transform === 'string' ? transform : JSON.stringify(transform);
    return name === 'AWS::LanguageExtensions'
      ? []
      : [
          {
            path: ['Transform'],
            why: `what the transform ${name} makes of the template is known at deployment`,
          },
        ];
  });
}
