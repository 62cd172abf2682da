import type { Service } from '../compose/app.ts';
import { knownImage } from './known-images.ts';
import { compareText } from './naming.ts';

export interface ListeningPort {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

/**
 * The ports a service is known to listen on: what its file says (ports, expose), else its Dockerfile's EXPOSE, else what everybody
 * knows of its image.
 */
export function listeningPorts({ ports, expose, build, image }: Service): readonly ListeningPort[] {
  const said = [...ports.map(({ target, protocol }) => ({ port: target, protocol })), ...expose];
  if (said.length > 0) return ascending(said);
  if (build && build.expose.length > 0) return ascending(build.expose);
  const known = knownImage(image?.value ?? build?.baseImage);
  return known ? [{ port: known.port, protocol: 'tcp' }] : [];
}

/** Each port once. */
export function ascending(ports: Iterable<ListeningPort>): ListeningPort[] {
  const unique = new Map([...ports].map(({ port, protocol }) => [`${port}/${protocol}`, { port, protocol }]));
  return [...unique.values()].sort((a, b) => a.port - b.port || compareText(a.protocol, b.protocol));
}
