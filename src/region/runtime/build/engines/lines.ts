import type { BuildContext } from '../state.ts';

/**
 * Reads the progress of an engine: `STEP 2/5: RUN …` of buildah and podman, `#7 [build 2/5] RUN …`, `#7 CACHED`, `#7 DONE 1.2s` of
 * BuildKit's plain output. What is between is what the steps say. Tells at the end whether all was there before.
 */
export function engineLines({ progress }: Pick<BuildContext, 'progress'>): {
  line(text: string): void;
  readonly worked: () => boolean;
  readonly tail: readonly string[];
} {
  const tail: string[] = [];
  const titles = new Map<string, string>();
  let running: string | undefined;
  let worked = false;
  const done = (step: string, kind: 'done' | 'cached') => {
    if (kind === 'done') worked = true;
    progress(`${step}${kind === 'cached' ? ' (cached)' : ''}`, { kind, step });
  };
  /** buildah tells by the next line only whether a step was there before. */
  const finish = (kind: 'done' | 'cached') => {
    if (running !== undefined) done(running, kind);
    running = undefined;
  };

  function line(text: string): void {
    tail.push(text);
    if (tail.length > 20) tail.shift();
    const [, stage = '', count, instruction] = /^(?:\[(\d+)\/\d+\] )?STEP (\d+\/\d+): (.*)$/.exec(text) ?? [];
    if (instruction !== undefined) {
      finish('done');
      if (/^(RUN|COPY|ADD|WORKDIR)\b/.test(instruction)) {
        running = `[${stage ? `${stage} ` : ''}${count}] ${instruction}`;
        progress(running, { kind: 'began', step: running });
      }
      return;
    }
    if (text.startsWith('--> Using cache ')) return finish('cached');
    if (/^(\[\d+\/\d+\] )?COMMIT/.test(text)) return finish('done');
    const [, id = '', vertex] = /^#(\d+) (\[[^\]]*\d+\/\d+\] (?:RUN|COPY|ADD|WORKDIR)\b.*)$/.exec(text) ?? [];
    if (vertex !== undefined) {
      if (!titles.has(id)) progress(vertex, { kind: 'began', step: vertex });
      titles.set(id, vertex);
      return;
    }
    const [, number = '', said = ''] = /^#(\d+) (.*)$/.exec(text) ?? [];
    const title = titles.get(number);
    if (title !== undefined && said === 'CACHED') return done(title, 'cached');
    if (title !== undefined && said.startsWith('DONE ')) return done(title, 'done');
    const step = title ?? running;
    progress(
      title === undefined ? text : said.replace(/^\d+\.\d+ /, ''),
      step === undefined ? undefined : { kind: 'output', step },
    );
  }
  return {
    line,
    tail,
    worked: () => {
      finish('done');
      return worked;
    },
  };
}
