import { topologyFromDescribe } from '../from-describe.ts';
import { systemFromResources } from '../from-template/system.ts';
import type { RouteTable } from '../model.ts';
import type { Declared, System } from '../system.ts';
import type { LiveAnswers } from './answers.ts';
import { aroundFrom } from './around.ts';
import { balancingFrom } from './balancing.ts';
import { computeFrom } from './compute.ts';
import { groupsFrom } from './groups.ts';
import { namesIn } from './names.ts';
import { networkFrom } from './network.ts';
import { withReferences } from './references.ts';

/** What stands in a region, as a template would declare it: by name where it has one, else by its id. */
export function resourcesFromLive(answers: LiveAnswers): ReadonlyMap<string, Declared> {
  const name = namesIn(answers);
  return withReferences(
    new Map([
      ...networkFrom(answers),
      ...groupsFrom(answers),
      ...balancingFrom(answers, name),
      ...computeFrom(answers, name),
      ...aroundFrom(answers, name),
    ]),
  );
}

/** A region as a system, with the interfaces that are in it and their addresses. Pure: the same answers give an equal system. */
export function systemFromLive(answers: LiveAnswers): System {
  const described = topologyFromDescribe(answers);
  const system = systemFromResources(resourcesFromLive(answers));
  return {
    ...system,
    routeTables: withStates(system.routeTables, described.routeTables),
    interfaces: described.interfaces,
    prefixLists: described.prefixLists,
    ...(described.notModelled ? { notModelled: described.notModelled } : {}),
  };
}

/** A route whose target is gone is there, and drops packets; no template says so. */
function withStates(tables: readonly RouteTable[], described: readonly RouteTable[]): readonly RouteTable[] {
  const gone = new Set(
    described.flatMap(({ id, routes }) =>
      routes.flatMap(({ state, destination }) => (state === 'blackhole' ? [`${id} ${destination}`] : [])),
    ),
  );
  return tables.map((table) => ({
    ...table,
    routes: table.routes.map((route) =>
      gone.has(`${table.id} ${route.destination}`) ? { ...route, state: 'blackhole' } : route,
    ),
  }));
}
