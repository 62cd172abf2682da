import { busybox } from './busybox.ts';
import type { StandIn } from './model.ts';
import { nginx } from './nginx.ts';
import { node } from './node.ts';
import { redis } from './redis.ts';

export const standIns: readonly StandIn[] = [busybox, nginx, node, redis];

export const standInNames: readonly string[] = standIns.flatMap(({ names }) => names).sort();

export function standInFor(name: string): StandIn | undefined {
  return standIns.find(({ names }) => names.includes(name));
}
