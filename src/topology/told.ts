/** Ids as AWS makes them; logical ids and names of parameters have no hyphen. */
const BY_AWS = /^[a-z]+-[0-9a-z-]+$/;

/**
 * Whether it is known what an id stands for: for something of the graph, or for something that AWS has named, which is then something
 * else. What a parameter without value gives, or another stack, may be anything.
 */
export const isTold = (id: string, known: { has(id: string): boolean }): boolean =>
  known.has(id) || BY_AWS.test(id);

/** Why it is not: `Vpc is given at deployment`. */
export const whyUntold = (id: string): string =>
  id.startsWith('(') && id.endsWith(')') ? id.slice(1, -1) : `${id} is given at deployment`;

/** Why it cannot be told that a VPC is none of some others. */
export const untoldOf = (
  { vpcs }: { readonly vpcs: { has(id: string): boolean } },
  vpcId: string,
  others: readonly string[],
): string | undefined => {
  const untold = others.length === 0 ? undefined : [vpcId, ...others].find((id) => !isTold(id, vpcs));
  return untold === undefined ? undefined : whyUntold(untold);
};
