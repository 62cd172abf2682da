export type Ending = 'done' | 'failed' | 'skipped';

/**
 * Runs one step for each name, as soon as those it waits for are done; what waits for a failure is skipped. Rejects when a step throws,
 * after every step has come to its end.
 */
export async function walk(
  names: Iterable<string>,
  waitsFor: (name: string) => Iterable<string>,
  step: (name: string) => Promise<boolean>,
): Promise<ReadonlyMap<string, Ending>> {
  const endings = new Map<string, Ending>();
  const steps = new Map<string, Promise<void>>();
  const all = new Set(names);
  const thrown: unknown[] = [];

  function begin(name: string): Promise<void> {
    const known = steps.get(name);
    if (known) return known;
    const begun = run(name).catch((error: unknown) => {
      thrown.push(error);
      endings.set(name, 'failed');
    });
    steps.set(name, begun);
    return begun;
  }
  async function run(name: string): Promise<void> {
    const others = [...waitsFor(name)].filter((other) => all.has(other) && other !== name);
    await Promise.all(others.map(begin));
    if (others.some((other) => endings.get(other) !== 'done')) {
      endings.set(name, 'skipped');
      return;
    }
    endings.set(name, (await step(name)) ? 'done' : 'failed');
  }
  await Promise.all([...all].map(begin));
  if (thrown.length > 0) throw thrown[0];
  return endings;
}
