import type { Scalar, Shape } from '../shape.ts';

/** Gives the next whole number below `limit`; the same sequence for the same seed. */
export type Random = (limit: number) => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Types nest in themselves; below this depth structures stay empty, and are left out. */
const DEEPEST = 8;
const TEXTS = ['a', 'x<y>&"z"', 'grün ☂', "it's = 1; 2+2", 'tab\tand\nline', '{"a":[1]}'];
/** What a header can carry. */
const PLAIN = ['a', 'b-c_d.e', 'F0 g'];

/** A value of that type with every member that it can have. */
export function sample(shape: Shape, random: Random, plain = false, depth = 0): unknown {
  switch (shape.kind) {
    case 'structure': {
      if (depth > DEEPEST) return undefined;
      const members = shape.members.filter((member) => !isEventStream(member.shape));
      const chosen = shape.union ? members.slice(0, 1) : members;
      const entries = chosen.map(({ name, shape: inner }) => [
        name,
        sample(inner, random, plain || isInHeader(inner), depth + 1),
      ]);
      const present = entries.filter(([, value]) => value !== undefined);
      return depth > 0 && present.length === 0 ? undefined : Object.fromEntries(present);
    }
    case 'list': {
      const items = Array.from({ length: 1 + random(2) }, () => sample(shape.item, random, plain, depth + 1));
      return items.some((item) => item === undefined) ? undefined : items;
    }
    case 'map': {
      const value = sample(shape.value, random, plain, depth + 1);
      return value === undefined ? undefined : { [plain ? `k${random(9)}` : `k ${random(9)}`]: value };
    }
    default:
      return scalar(shape, random, plain);
  }
}

function scalar(shape: Scalar, random: Random, plain: boolean): unknown {
  switch (shape.kind) {
    case 'boolean':
      return random(2) === 1;
    case 'number':
      return 1 + random(1000);
    case 'bigint':
      return BigInt(random(1000));
    case 'timestamp':
      return new Date(1_700_000_000_000 + random(1_000_000) * 1000);
    case 'blob':
      return Buffer.from([random(256), random(256), 0]);
    case 'string':
      return plain ? PLAIN[random(PLAIN.length)] : TEXTS[random(TEXTS.length)];
    default:
      return undefined;
  }
}

function isInHeader({ traits }: Shape): boolean {
  return (
    traits.httpHeader !== undefined || traits.httpPrefixHeaders !== undefined || Boolean(traits.httpLabel)
  );
}

const isEventStream = (shape: Shape): boolean =>
  shape.kind === 'structure' && Boolean(shape.traits.streaming);

/** Bytes as base64, so that Buffers and Uint8Arrays compare. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(comparable);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, comparable(inner)]),
  );
}
