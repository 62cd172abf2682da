import { nearest } from '../common/nearest.ts';
import { type NamedVolume, type Service, volumeMounts } from './app.ts';
import { type Field, field, type Findings, mapping, text, wrong } from './read.ts';

/** Reads the top-level `volumes`. */
export function readVolumes(found: Findings, project: Field, projectName: string): NamedVolume[] {
  const at = field(project, 'volumes');
  return [...(mapping(found, at)?.entries ?? [])]
    .map(([name, { key, value: tree }]) => {
      const volume: Field = { tree, name: `volumes.${name}` };
      const driver = text(found, field(volume, 'driver'));
      if (driver && driver.value !== 'local')
        wrong(
          found,
          driver.position,
          `the volume driver ${JSON.stringify(driver.value)} is not enacted`,
          driver.value.toLowerCase() === 'local' ? 'write local, in small letters' : 'remove it',
        );
      const given = text(found, field(volume, 'name'))?.value;
      return { name, externalName: given ?? `${projectName}_${name}`, options: {}, position: key };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Volumes and networks that services use must be declared. */
export function checkDeclared(
  found: Findings,
  project: Field,
  services: readonly Service[],
  volumes: readonly NamedVolume[],
): void {
  const names = volumes.map(({ name }) => name);
  for (const { volume, position } of services.flatMap(volumeMounts))
    if (volume !== undefined && !names.includes(volume)) undeclared(found, 'volume', volume, names, position);
  const networks = [...(mapping(found, field(project, 'networks'))?.entries.keys() ?? []), 'default'];
  for (const service of services)
    for (const network of service.networks)
      if (!networks.includes(network)) undeclared(found, 'network', network, networks, service.position);
}

function undeclared(
  found: Findings,
  kind: 'volume' | 'network',
  name: string,
  known: readonly string[],
  position: NamedVolume['position'],
): void {
  const near = nearest(name, known);
  wrong(
    found,
    position,
    `the ${kind} ${name} is not declared`,
    `${near && near !== 'default' ? `write ${near}, or ` : ''}add \`${kind}s: {${name}: }\` at the top level`,
    `compose-undefined-${kind}`,
  );
}
