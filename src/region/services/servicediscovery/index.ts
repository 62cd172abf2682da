import type * as sdk from '@aws-sdk/client-servicediscovery';
import type { PrivateZone } from '../../dns/zone.ts';
import type { Internal, Region, Service } from '../../region.ts';
import { discoveryHandlers } from './discovery.ts';
import { instanceHandlers } from './instances.ts';
import { namespaceHandlers } from './namespaces.ts';
import { operationHandlers } from './operations.ts';
import { serviceHandlers } from './services.ts';
import { createContext } from './state.ts';
import { tagHandlers } from './tags.ts';
import { buildZones } from './zones.ts';

/** AWS Cloud Map: private DNS namespaces, their services and instances, and the zones that come of them. */
export function createServiceDiscovery(region: Region): Service<typeof sdk, Internal['servicediscovery']> {
  const context = createContext(region);
  let memo: { readonly revision: number; readonly zones: readonly PrivateZone[] } | undefined;
  function zones(): readonly PrivateZone[] {
    const revision = context.revision();
    if (memo?.revision !== revision) memo = { revision, zones: buildZones(context.tables) };
    return memo.zones;
  }
  return {
    handlers: {
      ...namespaceHandlers(context),
      ...serviceHandlers(context),
      ...instanceHandlers(context),
      ...discoveryHandlers(context),
      ...operationHandlers(context),
      ...tagHandlers(context),
    },
    internal: { zones },
  };
}
