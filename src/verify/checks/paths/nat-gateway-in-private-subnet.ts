import { editsFor } from '../../edits-for.ts';
import type { Check } from '../../model.ts';
import { plan } from '../../paths/mend.ts';
import { spoken } from '../../paths/report.ts';
import { listed, wordsOf } from '../../paths/words.ts';
import type { Placement, Question } from '../../reach/model.ts';
import { reach } from '../../reach/reach.ts';
import { cannotTell, found, under } from '../../report.ts';

export const natGatewayInPrivateSubnet: Check = {
  id: 'nat-gateway-in-private-subnet',
  title: 'A NAT gateway stands in a subnet that leads to the internet',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html',
  why: 'The gateway becomes available, and everything that is sent through it is dropped: images are not pulled, calls time out.',
  *find(context) {
    const { graph, system } = context;
    for (const { id, origin, subnetId, vpcId, connectivity } of system.natGateways) {
      if (!origin || connectivity === 'private') continue;
      const placement: Placement = {
        name: id,
        vpcId,
        subnetId,
        groupIds: [],
        unfiltered: true,
        hasPublicAddress: true,
      };
      const question: Question = {
        from: { kind: 'placement', placement },
        to: { kind: 'internet' },
        protocol: 'tcp',
        port: 443,
      };
      const path = reach(graph, question);
      const way = path.hops.filter(({ gate }) => ['route', 'gateway', 'vpc'].includes(gate));
      const closed = way.filter(({ passes }) => passes === 'no');
      const at = under(origin, 'SubnetId');
      const open = way.find(({ passes }) => passes === 'unknown');
      if (closed.length === 0 && open) yield cannotTell(id, at, open.says);
      // A NAT gateway behind another leads nowhere either.
      const chained = way.some(
        (hop) => hop.gate === 'gateway' && system.natGateways.some((nat) => nat.id === hop.at),
      );
      if (closed.length === 0 && !chained) continue;
      const { steps, complete } = plan(
        graph,
        [question],
        (change) => editsFor(context, change, placement) !== undefined,
      );
      yield found(id, at, {
        message: `${id} stands in ${subnetId}, which does not lead to the internet: ${listed(closed.map(spoken)) || 'its own route leads to a NAT gateway'}`,
        fix:
          complete && steps.length > 0
            ? {
                says: listed(steps.map(({ change }) => wordsOf(change))),
                edits: steps.flatMap(({ change }) => editsFor(context, change, placement) ?? []),
              }
            : {
                says: 'put it into a subnet whose route table leads 0.0.0.0/0 to an internet gateway',
                edits: [],
              },
        path,
      });
    }
  },
};
