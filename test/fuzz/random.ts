/** Numbers that look random and are the same for one seed: https://en.wikipedia.org/wiki/Xorshift */
export interface Random {
  /** From 0 up to, without, the limit. */
  below(limit: number): number;
  of<T>(list: readonly T[]): T;
  chance(one: number): boolean;
}

export function randomOf(seed: number, index: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let warm = 0; warm < 8; warm++) next();
  const below = (limit: number): number => Math.floor(next() * limit);
  return { below, of: (list) => list[below(list.length)]!, chance: (one) => below(one) === 0 };
}
