import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { agree } from './agree.ts';
import { asTemplate } from './as-template.ts';
import { designs } from './draw.ts';
import { type Machine, startMachine } from './live-ec2.ts';

const SEED = Number(process.env['AGREEMENT_SEED'] ?? 20_241_101);
/** At least so many packets are sent; `npm run test:agreement` sends ten thousand. */
const WANTED = Number(process.env['AGREEMENT_PROBES'] ?? 700);
/** More designs than are needed, of 150 packets each as a rule; the count of packets ends the run. */
const MOST = Math.ceil(WANTED / 50);
const SHRINKING = Number(process.env['AGREEMENT_SHRINKING'] ?? 240_000);

let machine: Machine;
beforeAll(async () => {
  machine = await startMachine();
});
afterAll(() => machine.stop());

it('the verifier and the kernel agree', { timeout: 3_600_000 }, async () => {
  const began = Date.now();
  const count = { designs: 0, probes: 0, open: 0 };
  const closedAt: Record<string, number> = {};
  let failedAt: number | undefined;
  const done = await fc.check(
    fc.asyncProperty(designs, async (design) => {
      // Enough is sent, or shrinking has gone far enough.
      if (failedAt === undefined ? count.probes >= WANTED : Date.now() - failedAt > SHRINKING) return;
      const { disagreements, ...outcome } = await agree(machine, design);
      count.designs += 1;
      count.probes += outcome.probes;
      count.open += outcome.open;
      for (const [gate, times] of Object.entries(outcome.closedAt))
        closedAt[gate] = (closedAt[gate] ?? 0) + times;
      if (disagreements.length === 0) return;
      failedAt ??= Date.now();
      throw new Error(
        `${disagreements.length} disagreements, the first:\n${disagreements.slice(0, 3).join('\n')}`,
      );
    }),
    { seed: SEED, numRuns: MOST, markInterruptAsFailure: false },
  );
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  process.stdout.write(
    `agreement: ${count.probes} packets (${count.open} may pass) in ${count.designs} designs, ${seconds} s, seed ${SEED}\n` +
      `  closed by one gate alone: ${Object.entries(closedAt)
        .map(([gate, times]) => `${gate} ${times}`)
        .join(', ')}\n`,
  );
  const [smallest] = done.counterexample ?? [];
  if (smallest)
    expect.fail(
      `${String(done.errorInstance)}\n\nseed ${SEED}, shrunk ${done.numShrinks} times to\n${asTemplate(smallest)}`,
    );
  expect(count.probes).toBeGreaterThanOrEqual(WANTED);
});
