import { posix } from 'node:path';
import type { WatchRule } from '../app.ts';
import {
  choice,
  command,
  type Field,
  field,
  type Findings,
  flag,
  list,
  text,
  texts,
  wrong,
} from '../read.ts';
import type { Surroundings } from './surroundings.ts';

const ACTIONS = ['sync', 'rebuild', 'restart', 'sync+restart', 'sync+exec'] as const;

/** Reads `develop.watch`: https://docs.docker.com/reference/compose-file/develop/ */
export function readWatch(found: Findings, service: Field, around: Surroundings): WatchRule[] {
  const at = field(field(service, 'develop'), 'watch');
  return list(found, at).flatMap((tree, index) => {
    const item: Field = { tree, name: `${at?.name}[${index}]` };
    const { position } = tree;
    const path = text(found, field(item, 'path'));
    const action = choice(found, field(item, 'action'), ACTIONS)?.value;
    const target = text(found, field(item, 'target'))?.value;
    const exec = command(found, field(field(item, 'exec'), 'command'))?.value;
    if (!path || !field(item, 'action')) {
      wrong(found, position, `${item.name} has no path or no action`, 'write {path: ./src, action: rebuild}');
      return [];
    }
    if (!action) return [];
    if (action.startsWith('sync') && !target?.startsWith('/')) {
      const fix = 'write `target: /path`, where the files are in the container';
      wrong(found, position, `${item.name} syncs to no absolute target`, fix);
      return [];
    }
    if (action === 'sync+exec' && !exec?.length) {
      wrong(found, position, `${item.name} executes nothing`, 'write `exec: {command: COMMAND}`');
      return [];
    }
    const absolute = around.absolute(found, path);
    if (absolute === undefined) return [];
    return [
      {
        action,
        path: posix.normalize(absolute).replace(/(.)\/$/, '$1'),
        ...(target === undefined ? {} : { target }),
        ignore: texts(found, field(item, 'ignore')).map(({ value }) => value),
        include: texts(found, field(item, 'include')).map(({ value }) => value),
        ...(exec?.length ? { exec } : {}),
        initialSync: flag(found, field(item, 'initial_sync'))?.value ?? false,
        position,
      },
    ];
  });
}
