import type { ActivityLine } from '../../region/process/protocol.ts';
import type { Style } from '../terminal.ts';

const WIDTH = 44;

/** `12:00:01.250  ecs CreateService   12 ms` */
export function renderActivity({ at, kind, what, text, failed }: ActivityLine, style: Style): string {
  const time = new Date(at).toISOString().slice(11, 23);
  const name = what.padEnd(WIDTH);
  const paint = failed ? style.red : kind === 'call' ? style.dim : style.bold;
  return `${style.dim(time)}  ${paint(name)} ${failed ? style.red(text) : text}`;
}
