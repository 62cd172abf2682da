import type { BuildEvent } from '../../region/runtime/runtime.ts';

/** Shows the builds of a project's images while they go on. */
export interface BuildWatch {
  line(service: string, line: string, event?: BuildEvent): void;
  built(service: string, digest: string): void;
  /** Leaves the screen as it is to stay. */
  finish(): void;
}

/** How far one image has come. */
export interface Tally {
  readonly service: string;
  readonly began: number;
  /** Title → when it began, in milliseconds. */
  readonly running: Map<string, { readonly began: number; said: string }>;
  steps: number;
  cached: number;
  failed: string | undefined;
  digest: string | undefined;
  ended: number | undefined;
}

export function tallies(): { of(service: string): Tally; readonly all: ReadonlyMap<string, Tally> } {
  const all = new Map<string, Tally>();
  return {
    all,
    of(service) {
      const known = all.get(service);
      if (known) return known;
      const tally: Tally = {
        service,
        began: Date.now(),
        running: new Map(),
        steps: 0,
        cached: 0,
        failed: undefined,
        digest: undefined,
        ended: undefined,
      };
      all.set(service, tally);
      return tally;
    },
  };
}

export function count(tally: Tally, line: string, event: BuildEvent | undefined): void {
  switch (event?.kind) {
    case 'began':
      tally.running.set(event.step, { began: Date.now(), said: '' });
      break;
    case 'output': {
      const step = tally.running.get(event.step);
      if (step) step.said = line;
      break;
    }
    case 'cached':
      tally.steps++;
      tally.cached++;
      break;
    case 'done':
      tally.steps++;
      tally.running.delete(event.step);
      break;
    case 'failed':
      tally.failed = event.step;
      tally.running.delete(event.step);
      break;
    default:
  }
}

/** `5 steps, 3 cached` */
export function stepsOf({ steps, cached }: Tally): string {
  const number = `${steps} ${steps === 1 ? 'step' : 'steps'}`;
  return cached === 0 ? number : cached === steps ? `${number}, all cached` : `${number}, ${cached} cached`;
}

/**
 * The lines that are worth showing of what a builder says. Stand-ins are announced for the whole project, and which builder is at
 * work is told once, when it has something to do.
 */
export function newsOf(): (
  service: string,
  line: string,
  event: BuildEvent | undefined,
) => readonly string[] {
  const waiting = new Map<string, string>();
  const told = new Set<string>();
  return (service, line, event) => {
    if (line.startsWith('builder: ')) {
      waiting.set(service, line);
      return [];
    }
    if (event?.kind === 'cached' || line.trim() === '' || line.includes(' stands in: ')) return [];
    const builder = waiting.get(service) ?? '';
    waiting.delete(service);
    const [, name = ''] = /^builder: (.*?) \(/.exec(builder) ?? [];
    if (name === '' || told.has(name)) return [line];
    told.add(name);
    return [builder, line];
  };
}
