import type { Template } from '../template/model.ts';

/** `x-aws-cloudformation` over a template: objects are merged, lists and values take the place of what was there. */
export const overlaid = (
  template: Template,
  overlay: Readonly<Record<string, unknown>> | undefined,
): Template => (overlay === undefined ? template : (merged(template, overlay) as Template));

function merged(below: unknown, above: unknown): unknown {
  if (!isObject(below) || !isObject(above)) return above;
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above))
    result[key] = Object.hasOwn(below, key) ? merged(below[key], value) : value;
  return result;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
