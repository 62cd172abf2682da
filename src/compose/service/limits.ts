import { nearest } from '../../common/nearest.ts';
import type { KernelSettings, Located } from '../app.ts';
import { type Field, field, type Findings, flag, mapping, memory, parsed, texts, wrong } from '../read.ts';
import { isNull } from '../tree.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html */
const ULIMITS = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
];

/** Reads `init`, `ulimits`, capabilities, `shm_size`, `stdin_open` and `tty`. */
export function readLimits(found: Findings, at: Field): KernelSettings {
  const shared = memory(found, field(at, 'shm_size'));
  return {
    init: flag(found, field(at, 'init'))?.value ?? false,
    ulimits: readUlimits(found, field(at, 'ulimits')),
    capAdd: capabilities(found, field(at, 'cap_add')),
    capDrop: capabilities(found, field(at, 'cap_drop')),
    ...(shared ? { sharedMemoryMebibytes: shared } : {}),
    stdinOpen: flag(found, field(at, 'stdin_open'))?.value ?? false,
    tty: flag(found, field(at, 'tty'))?.value ?? false,
  };
}

/** As ECS writes them: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html */
const capabilities = (found: Findings, at: Field | undefined): Located<string>[] =>
  texts(found, at).map(({ value, position }) => ({
    value: value.toUpperCase().replace(/^CAP_/, ''),
    position,
  }));

/** https://docs.docker.com/reference/compose-file/services/#ulimits */
function readUlimits(found: Findings, at: Field | undefined): KernelSettings['ulimits'] {
  return [...(mapping(found, at)?.entries ?? [])].flatMap(([name, { key, value: tree }]) => {
    if (isNull(tree)) return [];
    const item: Field = { tree, name: `${at?.name}.${name}` };
    if (!ULIMITS.includes(name)) {
      const near = nearest(name, ULIMITS);
      wrong(
        found,
        key,
        `${name} is no limit`,
        near ? `write ${near}` : `the limits are ${ULIMITS.join(', ')}`,
      );
      return [];
    }
    const soft = limit(found, tree.kind === 'map' ? field(item, 'soft') : item);
    const hard = limit(found, tree.kind === 'map' ? field(item, 'hard') : item);
    if (tree.kind === 'map' && (!field(item, 'soft') || !field(item, 'hard')))
      wrong(found, key, `${item.name} lacks soft or hard`, 'write {soft: NUMBER, hard: NUMBER}');
    if (!soft || !hard) return [];
    if (hard.value >= 0 && (soft.value > hard.value || soft.value < 0)) {
      const fix = 'write a soft limit that is not above the hard one';
      wrong(found, soft.position, `${item.name} has a soft limit above the hard one`, fix);
    }
    return [{ name, soft: soft.value, hard: hard.value, position: key }];
  });
}

const limit = (found: Findings, at: Field | undefined) =>
  parsed(
    found,
    at,
    (value) => (/^(-1|\d{1,15})$/.test(value) ? Number(value) : undefined),
    'a whole number, or -1 for no limit',
  );
