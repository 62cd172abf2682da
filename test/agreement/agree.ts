import { isDeepStrictEqual } from 'node:util';
import type { Path } from '../../src/verify/reach/model.ts';
import { asCalls } from './as-calls.ts';
import { asTemplate } from './as-template.ts';
import type { Design } from './design.ts';
import { comparable, renamed, topologyOfText } from './graphs.ts';
import type { Machine, Prober } from './live-ec2.ts';
import { nameOf, predicted, type Probe, probesOf } from './probes.ts';

export interface Outcome {
  readonly probes: number;
  readonly open: number;
  /** How many fail at one gate alone. */
  readonly closedAt: Readonly<Record<string, number>>;
  /** What one side says and the other does not; empty: they agree. */
  readonly disagreements: readonly string[];
}

/** A drop shows as silence only. What should have been open is asked again before it is called closed. */
const WAITS = [350, 1000, 3000] as const;

/** Makes the design twice, asks the verifier, and sends the packets. */
export async function agree(machine: Machine, design: Design): Promise<Outcome> {
  const fromTemplate = topologyOfText(asTemplate(design));
  const probes = probesOf(design);
  const live = machine.live();
  const probers = new Map<string, Prober>();
  try {
    const ids = await asCalls(live.api, design, (id) => `agreement ${id}`);
    const fromDescribe = renamed(live.topology(), ids);
    const different = differences(comparable(fromDescribe), comparable(fromTemplate));
    const paths = predicted(fromDescribe, probes);
    const other = predicted(fromTemplate, probes);
    await live.settled();
    await Promise.all(
      design.interfaces.map(async ({ id }) => void probers.set(id, await live.prober(`agreement ${id}`, id))),
    );
    const answers = await sendAll(probes, probers, ({ id }) => paths[id]?.verdict !== 'fails');
    const denials = await live.denials();
    const wrong = probes.flatMap((probe) => {
      const path = paths[probe.id]!;
      const both = path.verdict === other[probe.id]?.verdict;
      const arrived = answers.get(probe.id) === nameOf(probe.to);
      if (both && path.verdict === (arrived ? 'holds' : 'fails')) return [];
      const { from, question } = probe;
      const said = denials.filter(({ from: one, to: other }) => {
        const ends = [from.address, typeof probe.to === 'string' ? probe.to : probe.to.address];
        return ends.includes(one) && ends.includes(other);
      });
      return [
        [
          `${from.id} → ${nameOf(probe.to)} ${question.protocol} ${question.port} from port ${question.sourcePort}:`,
          `  the kernel: ${arrived ? 'open' : `closed (${answers.get(probe.id) ?? 'silence'})`}`,
          `  the verifier: ${told(path)}`,
          ...(both ? [] : [`  the verifier, by the template: ${told(other[probe.id]!)}`]),
          ...said
            .slice(0, 8)
            .map(
              ({ from, to, protocol, port, reason }) =>
                `    dropped ${from} → ${to} ${protocol} ${port}: ${reason}`,
            ),
        ].join('\n'),
      ];
    });
    const closedAt: Record<string, number> = {};
    for (const { hops } of paths) {
      const [closed, another] = hops.filter(({ passes }) => passes === 'no').map(({ gate }) => gate);
      if (closed && !another) closedAt[closed] = (closedAt[closed] ?? 0) + 1;
    }
    const open = paths.filter(({ verdict }) => verdict === 'holds').length;
    return { probes: probes.length, open, closedAt, disagreements: [...different, ...wrong] };
  } finally {
    await Promise.all([...probers.values()].map((prober) => prober.stop()));
    await live.stop();
  }
}

async function sendAll(
  probes: readonly Probe[],
  probers: ReadonlyMap<string, Prober>,
  mayBeOpen: (probe: Probe) => boolean,
): Promise<ReadonlyMap<number, string>> {
  const answers = new Map<number, string>();
  for (const [round, wait] of WAITS.entries()) {
    const answered = ({ id }: Probe) => answers.has(id) && !answers.get(id)?.startsWith('!');
    const now = probes.filter((probe) => !answered(probe) && (round === 0 || mayBeOpen(probe)));
    if (now.length === 0) break;
    await Promise.all(
      [...probers].map(async ([id, prober]) => {
        const packets = now
          .filter(({ from }) => from.id === id)
          .map(({ id, to, question: { protocol, port, sourcePort = 0 } }) => ({
            id,
            protocol,
            port,
            sourcePort,
            address: typeof to === 'string' ? to : to.address,
          }));
        if (packets.length === 0) return;
        for (const [probe, name] of Object.entries(await prober.send(packets, wait)))
          answers.set(Number(probe), name);
      }),
    );
  }
  return answers;
}

const told = ({ verdict, hops }: Path): string =>
  [
    verdict,
    ...hops.map(
      ({ gate, passes, says }) => `${passes === 'yes' ? '+' : passes === 'no' ? '-' : '?'} ${gate}: ${says}`,
    ),
  ].join('\n      ');

/** Where two graphs differ, in the words of their paths. */
function differences(described: unknown, declared: unknown, at = 'graph'): string[] {
  if (isDeepStrictEqual(described, declared)) return [];
  const [one, other] = [described, declared].map((side) =>
    typeof side === 'object' && side !== null ? (side as Readonly<Record<string, unknown>>) : undefined,
  );
  if (!one || !other)
    return [
      `${at}: ${JSON.stringify(described)} by Describe calls, ${JSON.stringify(declared)} by the template`,
    ];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
    differences(one[key], other[key], `${at}.${key}`),
  );
}
