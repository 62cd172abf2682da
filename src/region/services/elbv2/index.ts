import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { PrivateZone } from '../../dns/zone.ts';
import type { Denial } from '../../network/network.ts';
import type { Internal, Region, Service } from '../../region.ts';
import { startController, type Controller } from './controller.ts';
import { createDenials } from './denials.ts';
import { listenerAttributeHandlers } from './listener-attributes.ts';
import { listenerHandlers } from './listeners.ts';
import { loadBalancerAttributeHandlers } from './load-balancer-attributes.ts';
import { loadBalancerHandlers } from './load-balancers.ts';
import { ruleHandlers } from './rules.ts';
import { createState, targetId } from './state.ts';
import { tagHandlers } from './tags.ts';
import { targetGroupAttributeHandlers } from './target-group-attributes.ts';
import { targetGroupHandlers } from './target-groups.ts';
import { targetState } from './target-state.ts';
import { targetHandlers } from './targets.ts';
import { loadBalancerZones } from './zones.ts';

export interface Elbv2Options {
  /** The bundled program of a load balancer. */
  readonly balancerProgram: string;
  readonly nodePath: string;
  /** How many times as fast as the machine's the region's time goes: the program goes by it too. Absent: 1. */
  readonly timeScale?: number;
}
/** What other rooms may use beyond the contract of the region. */
export interface Elbv2Inside {
  /** The names of load balancers, to be answered like private zones. */
  zones(): readonly PrivateZone[];
  /** What the load balancers' security groups refused to the host; newest first. */
  denials(): readonly Denial[];
}

/** Elastic Load Balancing: Application and Network Load Balancers, each a program with interfaces of its own in the VPC. */
export function createElbv2(
  region: Region,
  { balancerProgram, nodePath, timeScale = 1 }: Elbv2Options,
): Service<typeof sdk, Internal['elbv2'] & Elbv2Inside> {
  const state = createState(region);
  const denials = createDenials(state);
  let controller: Controller | undefined;
  return {
    handlers: {
      ...loadBalancerHandlers(state),
      ...loadBalancerAttributeHandlers(state),
      ...targetGroupHandlers(state),
      ...targetGroupAttributeHandlers(state),
      ...targetHandlers(state),
      ...listenerHandlers(state),
      ...listenerAttributeHandlers(state),
      ...ruleHandlers(state),
      ...tagHandlers(state),
    },
    internal: {
      targetState(targetGroupArn, address, port) {
        const target = state.targets.get(targetId(targetGroupArn, address, port));
        if (!target) return undefined;
        const { State = 'unavailable', Reason } = targetState(state, target);
        return Reason === undefined ? { state: State } : { state: State, reason: Reason };
      },
      zones: () => loadBalancerZones(state),
      denials: denials.list,
    },
    start() {
      controller = startController(state, {
        argv: [nodePath, balancerProgram, ...(timeScale === 1 ? [] : ['--time-scale', String(timeScale)])],
        onDenied: denials.record,
      });
    },
    async stop() {
      await controller?.stop();
    },
  };
}
