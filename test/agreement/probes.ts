import type { Topology } from '../../src/topology/model.ts';
import { graphOf } from '../../src/verify/reach/graph.ts';
import type { End, Path, Placement, Question } from '../../src/verify/reach/model.ts';
import { reach } from '../../src/verify/reach/reach.ts';
import {
  defaultGroupOf,
  type Design,
  type DesignedInterface,
  OUTSIDE,
  PORTS,
  SOURCE_PORTS,
} from './design.ts';

export interface Probe {
  readonly id: number;
  readonly from: DesignedInterface;
  /** An interface of the design, or an address outside. */
  readonly to: DesignedInterface | string;
  readonly question: Question;
}

const placementOf = ({ id, vpcId, subnetId, address, groupIds, elastic }: DesignedInterface): Placement => ({
  name: id,
  vpcId,
  subnetId,
  groupIds: groupIds.length > 0 ? groupIds : [defaultGroupOf(vpcId)],
  address,
  hasPublicAddress: elastic,
});
const endOf = (to: DesignedInterface | string): End =>
  typeof to === 'string'
    ? { kind: 'address', address: to }
    : { kind: 'placement', placement: placementOf(to) };

/** Every pair, port and protocol; source ports in turn. UDP does not leave a VPC of the local region, which says so. */
export function probesOf({ interfaces }: Design): Probe[] {
  let turn = 0;
  return interfaces.flatMap((from) =>
    [...interfaces.filter(({ id }) => id !== from.id), ...Object.keys(OUTSIDE)].flatMap((to) =>
      PORTS.flatMap((port) =>
        (typeof to === 'string' ? (['tcp'] as const) : (['tcp', 'udp'] as const)).map((protocol): Probe => {
          const id = turn++;
          // Three steps an answer: neither ports nor protocols keep step with seven source ports.
          const sourcePort = SOURCE_PORTS[(id * 3) % SOURCE_PORTS.length]!;
          const question = { from: endOf(from), to: endOf(to), protocol, port, sourcePort };
          return { id, from, to, question };
        }),
      ),
    ),
  );
}

/** What the verifier says of each. */
export function predicted(topology: Topology, probes: readonly Probe[]): Path[] {
  const graph = graphOf(topology);
  return probes.map(({ question }) => reach(graph, question));
}

export const nameOf = (to: Probe['to']): string => (typeof to === 'string' ? to : to.id);
