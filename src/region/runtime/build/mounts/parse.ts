import type { Instruction } from '../../../../dockerfile/model.ts';
import { refuse } from '../state.ts';

/** `RUN --mount`: https://docs.docker.com/reference/dockerfile/#run---mount */
export type MountRequest =
  | {
      readonly type: 'bind';
      readonly from?: string;
      readonly source: string;
      readonly target: string;
      readonly writable: boolean;
    }
  | CacheRequest
  | { readonly type: 'tmpfs'; readonly target: string; readonly mebibytes?: number }
  | SecretRequest;

export interface CacheRequest {
  readonly type: 'cache';
  readonly id: string;
  readonly target: string;
  readonly sharing: 'shared' | 'private' | 'locked';
  readonly from?: string;
  readonly source: string;
  readonly writable: boolean;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}
export interface SecretRequest {
  readonly type: 'secret';
  readonly id: string;
  /** Absent where only `env` is wanted. */
  readonly target?: string;
  readonly environment?: string;
  readonly required: boolean;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}

const keys: Readonly<Record<MountRequest['type'], readonly string[]>> = {
  bind: ['target', 'source', 'from', 'rw', 'ro'],
  cache: ['id', 'target', 'sharing', 'from', 'source', 'rw', 'ro', 'mode', 'uid', 'gid'],
  tmpfs: ['target', 'size'],
  secret: ['id', 'target', 'env', 'required', 'mode', 'uid', 'gid'],
};
const otherNames: Readonly<Record<string, string>> = {
  dst: 'target',
  destination: 'target',
  src: 'source',
  readonly: 'ro',
  readwrite: 'rw',
};

export function parseMount(instruction: Instruction, text: string): MountRequest {
  const written = text.split(',').map((field) => {
    const at = field.indexOf('=');
    const name = (at < 0 ? field : field.slice(0, at)).trim().toLowerCase();
    return [otherNames[name] ?? name, at < 0 ? 'true' : field.slice(at + 1)] as const;
  });
  const { type = 'bind', ...fields } = Object.fromEntries(written);
  const wrong = (message: string, fix: string) => refuse(instruction, `--mount=${text}: ${message}`, fix);
  if (type === 'ssh')
    return wrong(
      'no key of this machine is lent to a build',
      'fetch before the build, or give a token by --mount=type=secret',
    );
  if (!isType(type))
    return wrong(`there is no type ${type}`, `the types are ${Object.keys(keys).join(', ')}`);
  for (const name of Object.keys(fields))
    if (!keys[type].includes(name))
      return wrong(`${name} is not known`, `understood are ${keys[type].join(', ')}`);
  const number = (name: string) => {
    const value = fields[name] ?? '0';
    return /^\d+$/.test(value) ? Number(value) : wrong(`${name}=${value} is no number`, `write ${name}=1000`);
  };
  const mode = (usual: string) => {
    const value = fields['mode'] ?? usual;
    return /^[0-7]{3,4}$/.test(value) ? value : wrong(`mode=${value} is no octal mode`, 'write mode=0755');
  };
  const isTrue = (name: string) => fields[name] !== undefined && !['false', '0'].includes(fields[name]);
  const from = fields['from'] === undefined ? {} : { from: fields['from'] };
  const source = fields['source'] ?? '/';
  const { target } = fields;
  if (type === 'secret') {
    const id = fields['id'] ?? target?.split('/').at(-1);
    if (id === undefined) return wrong('it has neither id nor target', 'write id=NAME');
    const environment = fields['env'];
    return {
      type,
      id,
      ...(environment === undefined ? {} : { environment }),
      ...(target === undefined && environment !== undefined
        ? {}
        : { target: target ?? `/run/secrets/${id}` }),
      required: isTrue('required'),
      mode: mode('0400'),
      uid: number('uid'),
      gid: number('gid'),
    };
  }
  if (target === undefined) return wrong('it has no target', 'write target=/path');
  if (type === 'tmpfs') {
    const size = fields['size'];
    const bytes = size === undefined ? undefined : readSize(size);
    if (size !== undefined && bytes === undefined) return wrong(`size=${size} is no size`, 'write size=64m');
    return {
      type,
      target,
      ...(bytes === undefined ? {} : { mebibytes: Math.max(1, Math.ceil(bytes / 2 ** 20)) }),
    };
  }
  if (type === 'bind') return { type, ...from, source, target, writable: isTrue('rw') };
  const sharing = fields['sharing'] ?? 'shared';
  if (sharing !== 'shared' && sharing !== 'private' && sharing !== 'locked')
    return wrong(`sharing=${sharing} is not known`, 'write shared, private or locked');
  return {
    type,
    id: fields['id'] ?? target,
    target,
    sharing,
    ...from,
    source,
    writable: !isTrue('ro'),
    mode: mode('0755'),
    uid: number('uid'),
    gid: number('gid'),
  };
}

const isType = (text: string): text is MountRequest['type'] => Object.hasOwn(keys, text);

function readSize(text: string): number | undefined {
  const [, value, unit = ''] = /^(\d+)([kmg]?)b?$/i.exec(text) ?? [];
  if (value === undefined) return undefined;
  return Number(value) * 2 ** (10 * ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase()));
}
