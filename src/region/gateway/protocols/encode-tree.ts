import type { Scalar, Shape } from '../shape.ts';

/** A protocol's own way to write what has no members. */
export type EncodeScalar = (shape: Scalar, value: unknown) => unknown;

/** A value as its shape says, for protocols whose bodies are trees; members that the model lacks stay out. */
export function encodeTree(shape: Shape, value: unknown, scalar: EncodeScalar): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'structure': {
      const encoded: Record<string, unknown> = {};
      const from = value as Readonly<Record<string, unknown>>;
      for (const { name, shape: inner } of shape.members)
        if (from[name] !== undefined && from[name] !== null)
          encoded[name] = encodeTree(inner, from[name], scalar);
      return encoded;
    }
    case 'list':
      return (value as readonly unknown[]).map((item) => encodeTree(shape.item, item, scalar) ?? null);
    case 'map':
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, encodeTree(shape.value, inner, scalar) ?? null]),
      );
    case 'unit':
      return {};
    default:
      return scalar(shape, value);
  }
}
