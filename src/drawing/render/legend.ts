import type { Drawing, FrameKind } from '../layout/model.ts';
import { type Flow, INTERNET, type Verdict } from '../model.ts';

export interface LegendEntry {
  readonly sample:
    | { readonly kind: 'wire'; readonly verdict: Verdict }
    | { readonly kind: 'frame'; readonly frame: FrameKind }
    | { readonly kind: 'text'; readonly text: string };
  readonly text: string;
}
export interface Legend {
  /** Of what is in the drawing only. */
  readonly entries: readonly LegendEntry[];
  readonly notes: readonly { readonly text: string; readonly closed: boolean }[];
  /** For who cannot see it. */
  readonly summary: string;
}

const WIRES: readonly (readonly [Verdict, string])[] = [
  ['proven', 'proven: groups, routes and ACLs let it pass; one line stands for all subnets'],
  ['blocked', 'needed, and blocked'],
  ['unclear', 'needed; cannot be told'],
  ['open', 'open; nobody says who needs it'],
  ['outward', 'way out'],
];
const FRAMES: readonly (readonly [FrameKind, string])[] = [
  ['public', 'public: has a route to the internet gateway'],
  ['private', 'private'],
  ['isolated', 'isolated: no route out'],
  ['unknown', 'not known'],
  ['fleet', 'EC2 instances'],
];

export function legendOf({ title, frames, nodes, wires, remarks }: Drawing): Legend {
  const verdicts = new Set(wires.map(({ verdict }) => verdict));
  const kinds = new Set(frames.map(({ kind }) => kind));
  const counted = nodes.some(({ item }) => item.count !== undefined && item.count !== 1);
  const names = new Map(
    nodes.flatMap(
      ({ item }) =>
        [
          [item.id, item.name],
          [item.of, item.name],
        ] as const,
    ),
  );
  const nameOf = (id: string) => (id === INTERNET ? 'the internet' : (names.get(id) ?? id));
  const told = causes(wires, 'blocked').map(({ from, to, flow: { check, ports, why = '' } }) => {
    const port = ports.length > 0 ? `:${ports.join(', ')}` : '';
    return `✕ ${check}: ${from.map(nameOf).join(', ')} → ${nameOf(to)}${port}: ${why}`;
  });
  const unclear = causes(wires, 'unclear').flatMap(({ from, to, flow: { why } }) =>
    why === undefined ? [] : [`? ${from.map(nameOf).join(', ')} → ${nameOf(to)}: ${why}`],
  );
  const most = 12;
  const shown = (texts: readonly string[], closed: boolean) => [
    ...texts.slice(0, most).map((text) => ({ text, closed })),
    ...(texts.length > most ? [{ text: `and ${texts.length - most} more`, closed }] : []),
  ];
  const flows = [
    ...new Set(
      wires
        .filter(({ verdict }) => verdict === 'proven')
        .flatMap(({ routes }) => routes.map(({ flow: { from, to } }) => `${nameOf(from)} to ${nameOf(to)}`)),
    ),
  ];
  return {
    entries: [
      ...WIRES.filter(([verdict]) => verdicts.has(verdict)).map(([verdict, text]): LegendEntry => ({
        sample: { kind: 'wire', verdict },
        text,
      })),
      ...(counted
        ? [{ sample: { kind: 'text', text: '×2' } as const, text: 'tasks, over all subnets' }]
        : []),
      ...FRAMES.filter(([kind]) => kinds.has(kind)).map(([frame, text]): LegendEntry => ({
        sample: { kind: 'frame', frame },
        text,
      })),
    ],
    notes: [
      ...shown([...new Set(told)], true),
      ...shown([...new Set(unclear)], false),
      ...remarks.map((text) => ({ text, closed: text.startsWith('✕') })),
    ],
    summary: `${title}: ${flows.slice(0, 20).join(', ')}`,
  };
}

/** What is wrong once for several senders or copies is told once. */
function causes(wires: Drawing['wires'], verdict: Verdict) {
  const found = new Map<
    string,
    { readonly from: readonly string[]; readonly to: string; readonly flow: Flow }
  >();
  for (const { flow } of wires.flatMap(({ routes }) => routes)) {
    if (flow.verdict !== verdict) continue;
    const [from, to] = [original(flow.from), original(flow.to)];
    const key = [to, flow.check, flow.ports.join()].join(' ');
    const before = found.get(key);
    found.set(key, { flow: before?.flow ?? flow, to, from: [...new Set([...(before?.from ?? []), from])] });
  }
  return [...found.values()];
}
const original = (copy: string): string => copy.split('@')[0]!;
