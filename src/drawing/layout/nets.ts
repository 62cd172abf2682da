import type { Flow } from '../model.ts';
import type { Node } from './model.ts';

/** Flows that share their lines: all to one receiver's port, or all from one gateway or load balancer. */
export interface Net {
  readonly root: Node;
  readonly leaves: readonly { readonly node: Node; readonly flow: Flow }[];
  /** Whether flows go out from the root. */
  readonly out: boolean;
  readonly flow: Flow;
}

export function netsOf(flows: readonly Flow[], nodes: readonly Node[]): readonly Net[] {
  const byId = new Map(nodes.map((node) => [node.item.id, node]));
  const nets = new Map<
    string,
    { root: Node; leaves: { node: Node; flow: Flow }[]; out: boolean; flow: Flow }
  >();
  for (const flow of flows) {
    const [from, to] = [byId.get(flow.from), byId.get(flow.to)];
    if (!from || !to) continue;
    const out = isDistributor(from) && flow.verdict !== 'outward';
    const same = [flow.verdict, flow.check ?? ''];
    const key = (out ? ['from', flow.from, ...same] : ['to', flow.to, flow.ports.join(), ...same]).join(' ');
    const net = nets.get(key) ?? { root: out ? from : to, leaves: [], out, flow };
    net.leaves.push({ node: out ? to : from, flow });
    nets.set(key, net);
  }
  const first = { proven: 0, open: 1, unclear: 1, blocked: 1, outward: 2 } as const;
  return [...nets.values()]
    .map((net) => ({
      ...net,
      leaves: net.leaves.toSorted((a, b) => distance(net.root, a.node) - distance(net.root, b.node)),
    }))
    .map((net, index) => ({ net, index, length: distance(net.root, net.leaves.at(-1)!.node) }))
    .sort(
      (a, b) =>
        first[a.net.flow.verdict] - first[b.net.flow.verdict] || a.length - b.length || a.index - b.index,
    )
    .map(({ net }) => net);
}

const isDistributor = ({ item }: Node): boolean =>
  item.kind === 'load-balancer' || item.kind === 'internet-gateway' || item.kind === 'internet';

const distance = (a: Node, b: Node): number =>
  Math.abs(a.x + a.width / 2 - b.x - b.width / 2) + Math.abs(a.y - b.y);
