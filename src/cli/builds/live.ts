import { duration, type Terminal, visibleLength } from '../terminal.ts';
import { type BuildWatch, count, newsOf, stepsOf, tallies, type Tally } from './watch.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const REDRAW_MS = 80;

/** A line for each image and for each step at work, drawn again in place; what a step says last stands behind it. */
export function liveBuilds(terminal: Terminal): BuildWatch {
  const { of, all } = tallies();
  const news = newsOf();
  const { style } = terminal;
  let drawn = 0;
  let frame = 0;
  const timer = setInterval(draw, REDRAW_MS);

  function linesOf(tally: Tally, width: number): string[] {
    const { service, running, failed, digest } = tally;
    const seconds = duration((tally.ended ?? Date.now()) - tally.began);
    const mark =
      failed !== undefined
        ? style.red('✗')
        : digest !== undefined
          ? style.green('✓')
          : style.cyan(FRAMES[frame % FRAMES.length] ?? '');
    const head = `${mark} ${service.padEnd(width)}  ${style.dim(`${stepsOf(tally)}  ${seconds}`)}`;
    if (digest !== undefined) return [head];
    const steps = [...running].map(
      ([title, { began, said }]) =>
        `    ${title}  ${style.dim(`${duration(Date.now() - began)}${said ? `  ${said}` : ''}`)}`,
    );
    return failed === undefined ? [head, ...steps] : [head, `    ${style.red(failed)}`];
  }

  function draw(): void {
    frame++;
    const width = Math.max(0, ...[...all.keys()].map((name) => name.length));
    const lines = [...all.values()]
      .flatMap((tally) => linesOf(tally, width))
      .map((line) => cut(line, terminal.columns() - 1));
    if (lines.length === 0) return;
    terminal.err(
      `${drawn > 0 ? `\u001b[${drawn}A` : ''}${lines.map((line) => `\u001b[2K${line}`).join('\n')}\n\u001b[J`,
    );
    drawn = lines.length;
  }

  return {
    line(service, line, event) {
      count(of(service), line, event);
      const lines = news(service, line, event).filter((text) => text !== line || !event);
      if (lines.length === 0) return;
      // News of the build itself stay, above what is drawn again.
      const above = lines.map((text) => `${style.dim(`${service}:`)} ${text}\n`).join('');
      terminal.err(`${drawn > 0 ? `\u001b[${drawn}A\u001b[J` : ''}${above}`);
      drawn = 0;
      draw();
    },
    built(service, digest) {
      const tally = of(service);
      tally.digest = digest;
      tally.ended = Date.now();
    },
    finish() {
      clearInterval(timer);
      draw();
    },
  };
}

/** A line of the builder may hold colours of its own: they are taken out before it is cut. */
function cut(line: string, width: number): string {
  if (visibleLength(line) <= width) return line;
  // oxlint-disable-next-line no-control-regex -- colour codes begin with a control character
  const plain = line.replaceAll(/\u001b\[[\d;]*[A-Za-z]/g, '');
  return `${plain.slice(0, Math.max(0, width - 1))}…`;
}
