import { internet, isPublic, oneAddress } from './addresses.ts';
import { awsService } from './aws-service.ts';
import type { Graph } from './graph.ts';
import { inside } from './inside.ts';
import { type End, type Hop, type Path, pathOf, type Question } from './model.ts';
import { inward, outward } from './outside.ts';

/**
 * Whether a connection from one end to the other comes about: both groups, the network ACLs for the request and its replies, the
 * route tables, gateways. Gates are asked in the order in which a packet meets them, and behind a closed one the rest is asked as
 * though it were open: a path that fails shows all that has to change.
 */
export function reach(graph: Graph, question: Question): Path {
  const { from, to } = question;
  if (from.kind === 'placement') {
    if (to.kind === 'placement') return pathOf(inside(graph, from.placement, to.placement, question));
    if (to.kind === 'aws-service') return awsService(graph, from.placement, to.service, question);
    if (to.kind === 'address') {
      if (!isPublic(to.address)) return pathOf([privateAddress(to)]);
      return pathOf(
        outward(
          graph,
          from.placement,
          { name: to.address, addresses: oneAddress(to.address), cidr: `${to.address}/32` },
          question,
        ),
      );
    }
    return pathOf(
      outward(
        graph,
        from.placement,
        { name: 'the internet', addresses: internet('every'), cidr: '0.0.0.0/0' },
        question,
      ),
    );
  }
  if (to.kind === 'placement' && from.kind === 'internet')
    return pathOf(
      inward(
        graph,
        { name: 'the internet', addresses: internet('some'), cidr: '0.0.0.0/0' },
        to.placement,
        question,
      ),
    );
  if (to.kind === 'placement' && from.kind === 'address' && isPublic(from.address))
    return pathOf(
      inward(
        graph,
        { name: from.address, addresses: oneAddress(from.address), cidr: `${from.address}/32` },
        to.placement,
        question,
      ),
    );
  return pathOf([privateAddress(from)]);
}

const privateAddress = (end: End): Hop => ({
  gate: 'vpc',
  at: end.kind === 'address' ? end.address : end.kind,
  passes: 'unknown',
  says:
    end.kind === 'address'
      ? `nothing here is known to have the address ${end.address}`
      : 'such an end is not in the graph',
  changes: [],
});
