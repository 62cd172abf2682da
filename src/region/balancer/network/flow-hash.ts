/**
 * Which of several targets a flow belongs to: by the hash of flow and target together, so that a target that comes or goes moves
 * only the flows that are its own. https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
 */
export function chooseByHash<T>(
  flow: string,
  targets: readonly T[],
  name: (target: T) => string,
): T | undefined {
  let best: T | undefined;
  let highest = -1;
  for (const target of targets) {
    const score = hash(`${flow} ${name(target)}`);
    if (score > highest) {
      highest = score;
      best = target;
    }
  }
  return best;
}

/** FNV-1a with a final mixing: near keys must not fall together. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
