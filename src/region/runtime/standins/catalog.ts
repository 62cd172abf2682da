import { busybox } from './busybox.ts';
import type { StandIn, Recipe } from './model.ts';
import { nginx } from './nginx.ts';
import { node } from './node.ts';
import { redis } from './redis.ts';
import { chosen } from './variants.ts';

export const standIns: readonly Recipe[] = [busybox, nginx, node, redis];

const standInNames = standIns.flatMap(({ names }) => names).sort();

/** What to write instead of an image that cannot be had. */
export const imageAdvice = `use an image that stands in on this machine (${standInNames.join(', ')}; any tag, no digest), or \`build:\` one on it`;

/** The recipe of what stands in for an official image. */
export function standInFor(name: string, tag = 'latest'): StandIn | undefined {
  const found = standIns.find(({ names }) => names.includes(name));
  return found && chosen(found, tag);
}
