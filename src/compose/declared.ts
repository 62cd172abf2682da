import { nearest } from '../common/nearest.ts';
import type { Position } from '../common/problem.ts';
import { type FileSource, type NamedVolume, STATES } from './app.ts';
import { readExternal } from './file-sources.ts';
import { choice, type Field, field, type Findings, mapping, text, wrong } from './read.ts';
import type { ReadService } from './service/service.ts';
import { tmpfsSize } from './service/mounts.ts';
import type { Surroundings } from './service/surroundings.ts';

/** What a named volume of the `local` driver is where its options say: a folder of the host, or memory. */
export type OtherVolume =
  | { readonly kind: 'bind'; readonly source: string }
  | { readonly kind: 'tmpfs'; readonly mebibytes?: number };

export interface Volumes {
  readonly named: readonly NamedVolume[];
  readonly others: ReadonlyMap<string, OtherVolume>;
}

/** The options that the retired compose-ecs gave to EFS. */
const EFS_OPTIONS = [
  'performance_mode',
  'throughput_mode',
  'provisioned_throughput',
  'backup_policy',
  'lifecycle_policy',
  'kms_key_id',
  'uid',
  'gid',
  'permissions',
  'root_directory',
];

/** Reads the top-level `volumes`: https://docs.docker.com/reference/compose-file/volumes/ */
export function readVolumes(
  found: Findings,
  project: Field,
  projectName: string,
  around: Surroundings,
): Volumes {
  const at = field(project, 'volumes');
  const named: NamedVolume[] = [];
  const others = new Map<string, OtherVolume>();
  for (const [name, { key, value: tree }] of mapping(found, at)?.entries ?? []) {
    const volume: Field = { tree, name: `volumes.${name}` };
    if (tree.kind === 'scalar' ? tree.value !== null : tree.kind !== 'map') {
      mapping(found, volume);
      continue;
    }
    const other = readOther(found, volume, around);
    if (other) others.set(name, other);
    else named.push(readNamed(found, volume, name, key, projectName));
  }
  return { named: named.sort((a, b) => (a.name < b.name ? -1 : 1)), others };
}

function readNamed(
  found: Findings,
  volume: Field,
  name: string,
  position: Position,
  projectName: string,
): NamedVolume {
  const driver = text(found, field(volume, 'driver'));
  if (driver && driver.value !== 'local')
    wrong(
      found,
      driver.position,
      `the volume driver ${JSON.stringify(driver.value)} is not enacted`,
      driver.value.toLowerCase() === 'local' ? 'write local, in small letters' : 'remove it',
    );
  const external = readExternal(found, volume);
  const given = external?.name ?? text(found, field(volume, 'name'))?.value;
  // https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html
  const fileSystem = /^fs-[0-9a-f]{8,40}$/.test(given ?? '') ? given : undefined;
  if (external && !fileSystem)
    wrong(
      found,
      position,
      `the volume ${name} is external, and ${given ?? 'nothing'} is no file system of the account`,
      "remove `external`, or write `name: fs-…`, the file system's id",
      'compose-refused',
    );
  const state = choice(found, field(field(volume, 'x-aws'), 'state'), STATES);
  return {
    name,
    externalName: given ?? `${projectName}_${name}`,
    ...(external && fileSystem ? { fileSystem: { value: fileSystem, position } } : {}),
    ...(state ? { state } : {}),
    options: readOptions(found, field(volume, 'driver_opts')),
    position,
  };
}

function readOptions(found: Findings, at: Field | undefined): Record<string, string> {
  const options: [string, string][] = [];
  for (const [written, { key, value: tree }] of mapping(found, at)?.entries ?? []) {
    const name = written.replaceAll('-', '_');
    const value = text(found, { tree, name: `${at?.name}.${written}` })?.value;
    if (EFS_OPTIONS.includes(name) && value !== undefined) options.push([name, value]);
    else if (value !== undefined) {
      const near = nearest(name, EFS_OPTIONS);
      const fix = near
        ? `write ${near}`
        : `remove it; the options of a file system are ${EFS_OPTIONS.join(', ')}`;
      wrong(found, key, `${at?.name}.${written} is no option of a volume on AWS`, fix);
    }
  }
  return Object.fromEntries(options.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `driver_opts: {type: none, o: bind, device: ./data}` and `{type: tmpfs, o: size=100m}`. */
function readOther(found: Findings, volume: Field, around: Surroundings): OtherVolume | undefined {
  const options = field(volume, 'driver_opts');
  const type = options?.tree.kind === 'map' ? text(found, field(options, 'type')) : undefined;
  const flags = text(found, field(options, 'o'));
  if (!type) return undefined;
  if (type.value === 'tmpfs')
    return { kind: 'tmpfs', ...tmpfsSize(found, flags?.value ?? '', type.position) };
  const device = text(found, field(options, 'device'));
  if ((type.value === 'none' || type.value === 'bind') && device && /\bbind\b/.test(flags?.value ?? 'bind')) {
    const source = around.absolute(found, device);
    return source === undefined ? undefined : { kind: 'bind', source };
  }
  wrong(
    found,
    type.position,
    `${volume.name} is a file system of the type ${type.value}, which is not enacted`,
    'remove driver_opts and write `x-aws: {state: efs}`, or {type: none, o: bind, device: ./folder}',
    'compose-refused',
  );
  return { kind: 'tmpfs' };
}

/** Volumes, networks, configs and secrets that services use must be declared. */
export function checkDeclared(
  found: Findings,
  project: Field,
  services: readonly ReadService[],
  volumes: Volumes,
  sources: { readonly config: readonly FileSource[]; readonly secret: readonly FileSource[] },
): void {
  const names = [...volumes.named.map(({ name }) => name), ...volumes.others.keys()];
  const networks = [...(mapping(found, field(project, 'networks'))?.entries.keys() ?? []), 'default'];
  for (const { name, mounts, networks: joined, files, position } of services) {
    for (const mount of mounts)
      if (mount.kind === 'volume' && mount.volume !== undefined && !names.includes(mount.volume))
        undeclared(found, 'volume', mount.volume, names, mount.position);
    for (const network of joined)
      if (!networks.includes(network)) {
        const key = dictionaryKey(project, name, network);
        undeclared(found, 'network', network, networks, key ?? position);
      }
    for (const file of files) {
      const declared = sources[file.kind].map((source) => source.name);
      if (!declared.includes(file.source)) undeclared(found, file.kind, file.source, declared, file.position);
    }
  }
}

/** Where a service names a network. */
function dictionaryKey(project: Field, service: string, network: string): Position | undefined {
  const networks = field(field(field(project, 'services'), service), 'networks')?.tree;
  return networks?.kind === 'map' ? networks.entries.get(network)?.key : undefined;
}

function undeclared(
  found: Findings,
  kind: 'volume' | 'network' | 'config' | 'secret',
  name: string,
  known: readonly string[],
  position: Position,
): void {
  const near = nearest(name, known);
  const body = kind === 'config' || kind === 'secret' ? '{file: PATH}' : '';
  wrong(
    found,
    position,
    `the ${kind} ${name} is not declared`,
    `${near && near !== 'default' ? `write ${near}, or ` : ''}add \`${kind}s: {${name}: ${body}}\` at the top level`,
    `compose-undefined-${kind}`,
  );
}
