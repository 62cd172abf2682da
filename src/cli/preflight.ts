import { InputError } from '../common/problem.ts';
import type { Connection } from '../region/process/connect.ts';
import type { ProbeAnswer } from '../region/process/protocol.ts';
import type { Project } from './project.ts';
import type { Terminal } from './terminal.ts';

/** Ports below this one ordinary users may not open: such a listener is mapped, not refused. */
const FIRST_FREE_PORT = 1024;

/** What would fail later is told now: images that cannot be had, ports that another program has. */
export async function preflight(
  terminal: Terminal,
  { app, design }: Project,
  { control }: Connection,
): Promise<void> {
  const pulled = app.services.flatMap(({ image, build }) => (image && !build ? [image] : []));
  const bases = app.services.flatMap(({ build }) => build?.images ?? []);
  // Services may share a port, and TCP and UDP.
  const wanted = design.publicServices.filter(
    ({ listenerPort }, index, all) =>
      listenerPort >= FIRST_FREE_PORT &&
      all.findIndex((other) => other.listenerPort === listenerPort) === index,
  );
  const { images, takenPorts } = await control.post<ProbeAnswer>('probe', {
    references: [...new Set([...pulled, ...bases].map(({ value }) => value))],
    ports: wanted.map(({ listenerPort }) => listenerPort),
  });
  const known = new Map(images.map((image) => [image.reference, image]));
  const problems = [
    ...[...pulled, ...bases].flatMap(({ value, position }) => {
      const image = known.get(value);
      return image && !image.available
        ? [
            {
              code: 'image-not-found',
              message: `the image ${value} cannot be had: ${image.reason}`,
              position,
              fix: image.fix,
            },
          ]
        : [];
    }),
    ...wanted
      .filter(({ listenerPort }) => takenPorts.includes(listenerPort))
      .map(({ listenerPort, position }) => ({
        code: 'port-taken',
        message: `port ${listenerPort} is taken by another program on this machine`,
        position,
        fix: `publish another one ("${listenerPort + 1}:…"), or stop the program that listens on it (ss -ltnp 'sport = :${listenerPort}')`,
      })),
  ];
  if (problems.length > 0) throw new InputError(problems);
  for (const { reference, standIn } of images)
    if (standIn !== undefined)
      terminal.err(`${terminal.style.dim('image:')} ${reference} stands in: ${standIn}\n`);
}
