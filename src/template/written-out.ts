import { createEvaluator } from './evaluate.ts';
import { isObject } from './json.ts';
import { expandLoops, type Expanded } from './loops.ts';
import { readParameters } from './parameters.ts';
import type { Path, PositionOf } from './path.ts';
import { sound } from './sound.ts';

/** Loops written out, where there are any. */
export function writtenOut(
  text: string,
  value: unknown,
  positionOf: PositionOf,
  supplied: Readonly<Record<string, string>>,
): Expanded {
  const none: Expanded = { value, sourceOf: (path) => path, problems: [], unanswered: [] };
  if (!text.includes('Fn::ForEach::') || !isObject(value)) return none;
  if (![value['Transform'] ?? []].flat().includes('AWS::LanguageExtensions')) {
    const path: Path = ['Transform'];
    const message = 'Template error: Fn::ForEach needs the transform AWS::LanguageExtensions';
    const fix = 'write Transform: AWS::LanguageExtensions at the top of the template';
    const changes = [{ kind: 'set', path, value: 'AWS::LanguageExtensions' }] as const;
    const problem = { code: 'property-required', path, message, position: positionOf(path), fix } as const;
    return { ...none, problems: [value['Transform'] === undefined ? { ...problem, changes } : problem] };
  }
  const template = sound({ ...value, Resources: {}, Outputs: {} });
  const declared = new Set(Object.keys(template.Parameters ?? {}));
  const given = Object.fromEntries(Object.entries(supplied).filter(([name]) => declared.has(name)));
  const { values } = readParameters(template, given);
  const evaluator = createEvaluator({ template, parameters: values, pseudo: {} }, () => {});
  return expandLoops(
    value,
    (node, path) => {
      const list = evaluator.value(node, path);
      return Array.isArray(list) ? list : undefined;
    },
    positionOf,
  );
}
