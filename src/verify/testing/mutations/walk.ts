import { isObject } from '../../../template/json.ts';
import type { Template } from '../../../template/model.ts';
import { intrinsicOf } from '../../../template/symbolic.ts';

/** A value with its nodes changed: `change` is asked from the outside in, and undefined leaves a node and goes on below it. */
export function rewrite(value: unknown, change: (node: unknown) => unknown): unknown {
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((item) => rewrite(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, rewrite(member, change)]));
}

/** The literal values of all properties changed; what functions are given stays. */
export function rewriteLiterals(
  template: Template,
  change: (literal: string | number | boolean) => unknown,
): Template {
  return rewriteProperties(template, (properties) =>
    rewrite(properties, (node) => {
      if (intrinsicOf(node)) return node;
      return typeof node === 'string' || typeof node === 'number' || typeof node === 'boolean'
        ? change(node)
        : undefined;
    }),
  );
}

export function rewriteProperties(template: Template, change: (properties: unknown) => unknown): Template {
  const Resources = Object.fromEntries(
    Object.entries(template.Resources).map(([id, resource]) => [
      id,
      resource.Properties
        ? { ...resource, Properties: change(resource.Properties) as Record<string, unknown> }
        : resource,
    ]),
  );
  return { ...template, Resources };
}
