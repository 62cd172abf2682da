import { fail } from './fault.ts';
import type { Shape } from './shape.ts';

/** Refuses input that lacks what the service's model requires, at any depth. Types were checked while decoding. */
export function requireMembers(shape: Shape, input: unknown): void {
  const missing: string[] = [];
  collect(shape, input, '', missing);
  if (missing.length > 0) fail({ kind: 'missing', paths: missing });
}

function collect(shape: Shape, value: unknown, path: string, missing: string[]): void {
  if (value === undefined || value === null) return;
  if (shape.kind === 'structure') {
    const record = value as Readonly<Record<string, unknown>>;
    for (const member of shape.members) {
      const inner = record[member.name];
      const innerPath = path ? `${path}.${member.name}` : member.name;
      if (inner === undefined || inner === null) {
        if (member.required) missing.push(innerPath);
      } else collect(member.shape, inner, innerPath, missing);
    }
  } else if (shape.kind === 'list' && hasInside(shape.item)) {
    for (const [index, item] of (value as readonly unknown[]).entries())
      collect(shape.item, item, `${path}.${index + 1}`, missing);
  } else if (shape.kind === 'map' && hasInside(shape.value)) {
    for (const [key, item] of Object.entries(value)) collect(shape.value, item, `${path}.${key}`, missing);
  }
}

const hasInside = ({ kind }: Shape): boolean => kind === 'structure' || kind === 'list' || kind === 'map';
