import type { Service } from '../compose/app.ts';
import { knownImage } from './known-images.ts';

/**
 * The TCP ports a service is known to listen on: what its file says (ports, expose), else its Dockerfile's EXPOSE, else what
 * everybody knows of its image.
 */
export function listeningPorts({ ports, expose, build, image }: Service): readonly number[] {
  const tcp = (list: readonly { port: number; protocol: string }[]) =>
    list.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port);
  const said = [...ports.map(({ target }) => target), ...tcp(expose)];
  if (said.length > 0) return ascending(said);
  if (build && build.expose.length > 0) return ascending(tcp(build.expose));
  const known = knownImage(image?.value ?? build?.baseImage);
  return known ? [known.port] : [];
}

export const ascending = (numbers: Iterable<number>): number[] => [...new Set(numbers)].sort((a, b) => a - b);
