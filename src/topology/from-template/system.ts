import type { Topology } from '../model.ts';
import type { Declared, System } from '../system.ts';
import { listenersOf, loadBalancersOf, targetGroupsOf } from './balancing.ts';
import { capacityOf } from './capacity.ts';
import { servicesOf, taskDefinitionsOf } from './compute.ts';
import { databasesOf, namesOf } from './data.ts';
import { groupsOf } from './groups.ts';
import { interfacesOf } from './interfaces.ts';
import {
  aclsOf,
  endpointsOf,
  internetGatewaysOf,
  natGatewaysOf,
  peeringsOf,
  prefixListsOf,
  routeTablesOf,
  subnetsOf,
  vpcsOf,
} from './network.ts';

/** The network that resources declare. */
export function topologyFromResources(resources: ReadonlyMap<string, Declared>): Topology {
  const vpcs = vpcsOf(resources);
  const subnets = subnetsOf(resources);
  return {
    vpcs,
    subnets,
    routeTables: routeTablesOf(resources, vpcs),
    networkAcls: aclsOf(resources, vpcs),
    securityGroups: groupsOf(resources),
    interfaces: interfacesOf(resources, subnets),
    internetGateways: internetGatewaysOf(resources),
    natGateways: natGatewaysOf(resources, subnets),
    endpoints: endpointsOf(resources),
    prefixLists: prefixListsOf(resources),
    peerings: peeringsOf(resources),
  };
}

/** The whole deployment that resources declare. Pure: the same resources give an equal system. */
export function systemFromResources(resources: ReadonlyMap<string, Declared>): System {
  return {
    ...topologyFromResources(resources),
    services: servicesOf(resources),
    taskDefinitions: taskDefinitionsOf(resources),
    capacity: capacityOf(resources),
    loadBalancers: loadBalancersOf(resources),
    listeners: listenersOf(resources),
    targetGroups: targetGroupsOf(resources),
    databases: databasesOf(resources),
    names: namesOf(resources),
    resources,
  };
}
