import type { Internal, Region, Service } from '../../region.ts';
import type { Cfn, Sdk } from './cfn.ts';
import { exists } from './generations.ts';
import type { Inside } from './inside.ts';
import { createNestedStacks } from './nested.ts';
import { createSignals, noHandle, readSignal } from './signals.ts';
import { signalOperations } from './operations/signals.ts';
import { createEngine } from './engine/engine.ts';
import { createJournal } from './events.ts';
import { changeSetOperations } from './operations/change-sets.ts';
import { eventOperations } from './operations/events.ts';
import { resourceOperations } from './operations/resources.ts';
import { stackOperations } from './operations/stacks.ts';
import { templateOperations } from './operations/templates.ts';
import { createPrograms } from './program.ts';
import { openState } from './state.ts';
import { resourceTypes } from './types/index.ts';
import type { AnyResourceType } from './types/resource-type.ts';

type CloudFormationInternal = Internal['cloudformation'];

/** How long deleted stacks can be read. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html */
const remembered = 90 * 24 * 60 * 60 * 1000;

/** The CloudFormation API and the engine behind it. From `start` on, what an earlier process has left under way goes on. */
export function createCloudFormation(
  region: Region,
  types: ReadonlyMap<string, AnyResourceType> = resourceTypes,
): Service<Sdk, CloudFormationInternal> {
  const state = openState(region);
  const journal = createJournal(state, region.clock);
  const programs = createPrograms(region, state);
  const late: { cfn?: Cfn } = {};
  const inside: Inside = {
    signals: createSignals(state),
    nested: createNestedStacks(() => late.cfn!),
  };
  const engine = createEngine({ region, state, journal, programs, types, inside });
  const cfn: Cfn = { region, state, journal, programs, types, engine, inside };
  late.cfn = cfn;
  return {
    handlers: {
      ...stackOperations(cfn),
      ...changeSetOperations(cfn),
      ...resourceOperations(cfn),
      ...eventOperations(cfn),
      ...templateOperations(cfn),
      ...signalOperations(cfn),
    },
    internal: {
      signal(key, body) {
        const handle = state.resource(key);
        if (!handle || !exists(handle)) throw noHandle(key);
        inside.signals.give(readSignal(key, body));
      },
    },
    start() {
      for (const { id, deletedAt } of state.stacks.values())
        if (deletedAt && region.clock.now() - deletedAt.getTime() > remembered) state.forget(id);
      engine.resume();
    },
    stop: () => engine.stop(),
  };
}
