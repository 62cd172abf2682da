import type { GrantedFile } from '../app.ts';
import { type Field, field, type Findings, list, parsed, text, wrong } from '../read.ts';
import { isNull, type Tree } from '../tree.ts';

/** Reads `configs` and `secrets` of a service: https://docs.docker.com/reference/compose-file/services/#secrets */
export function readGrants(found: Findings, service: Field): GrantedFile[] {
  const granted = [
    ...readKind(found, field(service, 'configs'), 'config'),
    ...readKind(found, field(service, 'secrets'), 'secret'),
  ];
  return granted.filter(({ target, position }, index) => {
    const first = granted.slice(0, index).find((other) => other.target === target);
    if (first) {
      const message = `${target} is granted twice, first in line ${first.position.line}`;
      wrong(found, position, message, 'keep one of the two, or give one another target');
    }
    return !first;
  });
}

function readKind(found: Findings, at: Field | undefined, kind: GrantedFile['kind']): GrantedFile[] {
  return list(found, at).flatMap((tree, index) => {
    if (isNull(tree)) return [];
    const item: Field = { tree, name: `${at?.name}[${index}]` };
    const source = tree.kind === 'map' ? text(found, field(item, 'source')) : text(found, item);
    if (!source) {
      if (tree.kind === 'map')
        wrong(
          found,
          tree.position,
          `${item.name} has no source`,
          `write \`source: NAME\`, the name of the ${kind}`,
        );
      return [];
    }
    const written = text(found, field(item, 'target'))?.value ?? source.value;
    const folder = kind === 'secret' ? '/run/secrets/' : '/';
    const uid = owner(found, field(item, 'uid'));
    const gid = owner(found, field(item, 'gid'));
    const mode = readMode(found, field(item, 'mode'));
    return [
      {
        kind,
        source: source.value,
        target: written.startsWith('/') ? written : `${folder}${written}`,
        ...(uid ? { uid: uid.value } : {}),
        ...(gid ? { gid: gid.value } : {}),
        ...(mode ? { mode: mode.value } : {}),
        position: source.position,
      },
    ];
  });
}

const owner = (found: Findings, at: Field | undefined) =>
  parsed(
    found,
    at,
    (value) => (/^\d{1,10}$/.test(value) ? Number(value) : undefined),
    "a number, for example '1000'",
  );

/** Text and numbers with a leading zero are octal, as Docker Compose takes them; 288 is 0440 in decimals. */
const readMode = (found: Findings, at: Field | undefined) =>
  parsed(
    found,
    at,
    (value) => {
      const octal = /^0?o?[0-7]{1,4}$/.test(value)
        ? Number.parseInt(value.replace(/^0?o/, ''), 8)
        : undefined;
      if (octal !== undefined && (value.startsWith('0') || !isNumber(at?.tree))) return octal;
      return /^\d{1,4}$/.test(value) && isNumber(at?.tree) && Number(value) <= 0o7777
        ? Number(value)
        : undefined;
    },
    'a mode in octal digits, for example 0440',
  );

const isNumber = (tree: Tree | undefined) => tree?.kind === 'scalar' && typeof tree.value === 'number';
