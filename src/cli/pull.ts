import { InputError } from '../common/problem.ts';
import type { ControlClient } from '../region/process/control-client.ts';
import type { PullLine, PullRequest } from '../region/process/protocol.ts';
import { bytes } from './bytes.ts';
import type { Project } from './project.ts';
import type { Terminal } from './terminal.ts';

/** Brings images onto this machine before anything needs them: a bar for each while it comes, a line when it is there. */
export async function pullImages(
  terminal: Terminal,
  control: ControlClient,
  request: PullRequest,
): Promise<void> {
  if (request.references.length === 0) return;
  const bars = terminal.interactive ? drawnBars(terminal) : { take: () => {}, clear: () => {} };
  const { dim } = terminal.style;
  const say = (text: string) => {
    bars.clear();
    terminal.err(`${dim('image:')} ${text}\n`);
  };
  try {
    await control.pull(request, (line) => {
      if (line.kind === 'progress') say(line.line);
      bars.take(line);
    });
  } finally {
    bars.clear();
  }
}

type Policy = NonNullable<PullRequest['pull']>;

/** https://docs.docker.com/reference/cli/docker/compose/up/ (--pull) */
export function pullPolicy(text: string | undefined): Policy | undefined {
  if (text === undefined || text === 'missing' || text === 'always' || text === 'never') return text;
  throw new InputError([
    { code: 'usage', message: `--pull ${text} is no policy`, fix: 'write missing, always or never' },
  ]);
}

/**
 * What a project's services run besides what is built, by `pull` or else as each service's `pull_policy` says. What stands in has been
 * announced already.
 */
export async function pullServices(
  terminal: Terminal,
  { app }: Project,
  control: ControlClient,
  pull: Policy | undefined,
): Promise<void> {
  const wanted = new Map<string, Policy>();
  for (const { image, build, pullPolicy: own = 'missing' } of app.services) {
    if (!image || build) continue;
    const policy = pull ?? (own === 'build' ? 'missing' : own);
    // Where services disagree, the image is looked for.
    if (wanted.get(image.value) !== 'always') wanted.set(image.value, policy);
  }
  const quiet: Terminal = {
    ...terminal,
    err: (text) => {
      if (!text.includes(' stands in: ')) terminal.err(text);
    },
  };
  const policies = [...new Set(wanted.values())];
  for (const policy of policies) {
    const references = [...wanted].flatMap(([name, own]) => (own === policy ? [name] : []));
    await pullImages(quiet, control, { references, pull: policy });
  }
}

type Transfer = Extract<PullLine, { readonly kind: 'transfer' }>;

/** One row for each image, drawn again as its layers come. */
function drawnBars(terminal: Terminal): { take(line: PullLine): void; clear(): void } {
  const images = new Map<string, Map<string, Transfer>>();
  let drawn = 0;
  const clear = () => {
    if (drawn > 0) terminal.err(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  return {
    clear,
    take(line) {
      if (line.kind === 'transfer') {
        const layers = images.get(line.reference) ?? new Map<string, Transfer>();
        layers.set(line.layer, line);
        images.set(line.reference, layers);
      } else if (line.kind !== 'progress') images.delete(line.reference);
      clear();
      for (const [reference, layers] of images)
        terminal.err(`${row(reference, [...layers.values()], terminal)}\n`);
      drawn = images.size;
    },
  };
}

const barWidth = 24;

/** `redis:7   ━━━━━━━╌╌╌╌╌  12.3 of 43 MB   2 of 6 layers` */
export function row(
  reference: string,
  layers: readonly Transfer[],
  { style, columns }: Pick<Terminal, 'style' | 'columns'>,
): string {
  const total = layers.reduce((sum, layer) => sum + layer.total, 0);
  const come = layers.reduce((sum, layer) => sum + layer.bytes, 0);
  const ready = layers.filter(({ state }) => state === 'done' || state === 'present').length;
  const full = total === 0 ? barWidth : Math.floor((come / total) * barWidth);
  const bar = style.green('━'.repeat(full)) + style.dim('╌'.repeat(barWidth - full));
  const name = reference.slice(0, Math.max(10, columns() - 70)).padEnd(20);
  return `${name}  ${bar}  ${bytes(come)} of ${bytes(total)}  ${style.dim(`${ready} of ${layers.length} layers`)}`;
}
