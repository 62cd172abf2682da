import { isDeepStrictEqual } from 'node:util';
import { topologyFromDescribe } from '../../src/topology/from-describe.ts';
import { systemFromLive } from '../../src/topology/from-live/system.ts';
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

/**
 * A drop shows as silence only. What should be dropped is waited for shortly, and what should arrive for as long as a busy machine may
 * take: a connection that is late is not tried again from the same port, which the way out of the region could mistake for the first.
 */
const SHORT = 350;
const LONG = 15_000;

/** Makes the design twice, asks the verifier, and sends the packets. */
export async function agree(machine: Machine, design: Design): Promise<Outcome> {
  const fromTemplate = topologyOfText(asTemplate(design));
  const probes = probesOf(design);
  const live = machine.live();
  const probers = new Map<string, Prober>();
  try {
    const ids = await asCalls(live.api, design, (id) => `agreement ${id}`);
    const answers = await live.answers();
    const fromDescribe = renamed(topologyFromDescribe(answers), ids);
    // A system has its resources as a map, and here only its network counts.
    const { resources: _resources, ...network } = systemFromLive(answers);
    const fromLive = renamed(network, ids);
    const different = [
      ...differences('the template', comparable(fromDescribe), comparable(fromTemplate)),
      ...differences('the resources of the region', comparable(fromDescribe), comparable(fromLive)),
    ];
    const paths = predicted(fromDescribe, probes);
    const other = predicted(fromTemplate, probes);
    await live.settled();
    await Promise.all(
      design.interfaces.map(async ({ id }) => void probers.set(id, await live.prober(`agreement ${id}`, id))),
    );
    const arrivals = await sendAll(probes, probers, ({ id }) => paths[id]?.verdict !== 'fails');
    const denials = await live.denials();
    const wrong = probes.flatMap((probe) => {
      const path = paths[probe.id]!;
      const both = path.verdict === other[probe.id]?.verdict;
      const arrived = arrivals.get(probe.id) === nameOf(probe.to);
      if (both && path.verdict === (arrived ? 'holds' : 'fails')) return [];
      const { from, question } = probe;
      const said = denials.filter(({ from: one, to: other }) => {
        const ends = [from.address, typeof probe.to === 'string' ? probe.to : probe.to.address];
        return ends.includes(one) && ends.includes(other);
      });
      return [
        [
          `${from.id} → ${nameOf(probe.to)} ${question.protocol} ${question.port} from port ${question.sourcePort}:`,
          `  the kernel: ${arrived ? 'open' : `closed (${arrivals.get(probe.id) ?? 'silence'})`}`,
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
  const answers = await Promise.all(
    [...probers].map(([id, prober]) =>
      prober.send(
        probes
          .filter(({ from }) => from.id === id)
          .map((probe) => {
            const { protocol, port, sourcePort = 0 } = probe.question;
            const address = typeof probe.to === 'string' ? probe.to : probe.to.address;
            return {
              id: probe.id,
              protocol,
              address,
              port,
              sourcePort,
              wait: mayBeOpen(probe) ? LONG : SHORT,
            };
          }),
      ),
    ),
  );
  return new Map(
    answers.flatMap((each) => Object.entries(each).map(([id, name]) => [Number(id), name] as const)),
  );
}

const told = ({ verdict, hops }: Path): string =>
  [
    verdict,
    ...hops.map(
      ({ gate, passes, says }) => `${passes === 'yes' ? '+' : passes === 'no' ? '-' : '?'} ${gate}: ${says}`,
    ),
  ].join('\n      ');

/** Where two graphs differ, in the words of their paths. */
function differences(side: string, described: unknown, declared: unknown, at = 'graph'): string[] {
  if (isDeepStrictEqual(described, declared)) return [];
  const [one, other] = [described, declared].map((value) =>
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined,
  );
  if (!one || !other)
    return [`${at}: ${JSON.stringify(described)} by Describe calls, ${JSON.stringify(declared)} by ${side}`];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
    differences(side, one[key], other[key], `${at}.${key}`),
  );
}
