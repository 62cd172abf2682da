import type { Internal, Region, Service } from '../../region.ts';
import type { Reconciler } from '../../reconciler.ts';
import { account } from './account.ts';
import { addresses } from './addresses.ts';
import { defaultVpc } from './default-vpc.ts';
import { defaultOptions, dhcpOptions } from './dhcp-options.ts';
import { internetGateways } from './internet-gateways.ts';
import { startNatGateways } from './nat-gateway-controller.ts';
import { natGateways } from './nat-gateways.ts';
import { networkAcls } from './network-acls.ts';
import { networkInterfaces } from './network-interfaces.ts';
import { withConventions, type Ec2Handlers, type Sdk } from './operation.ts';
import { prefixLists } from './prefix-lists.ts';
import { requesterInterfaces } from './requester-interfaces.ts';
import { routeTables } from './route-tables.ts';
import { routes } from './routes.ts';
import { securityGroupRules } from './security-group-rules.ts';
import { securityGroups } from './security-groups.ts';
import { openEc2, type Ec2 } from './state.ts';
import { subnets } from './subnets.ts';
import { sweep } from './sweep.ts';
import { tags } from './tags.ts';
import { topologyOf } from './topology.ts';
import { vpcEndpoints } from './vpc-endpoints.ts';
import { vpcs } from './vpcs.ts';

const KINDS: readonly ((ec2: Ec2) => Ec2Handlers)[] = [
  account,
  addresses,
  defaultVpc,
  dhcpOptions,
  internetGateways,
  natGateways,
  networkAcls,
  networkInterfaces,
  prefixLists,
  routeTables,
  routes,
  securityGroupRules,
  securityGroups,
  subnets,
  tags,
  vpcEndpoints,
  vpcs,
];

/** The VPC side of EC2: what a network is made of. Its NAT gateways move on from `start` on. */
export function createEc2(region: Region): Service<Sdk, Internal['ec2']> {
  const ec2 = openEc2(region);
  sweep(ec2);
  defaultOptions(ec2);
  let gateways: Reconciler | undefined;
  return {
    handlers: withConventions(region, Object.assign({}, ...KINDS.map((kind) => kind(ec2))) as Ec2Handlers),
    internal: { ...requesterInterfaces(ec2), topology: topologyOf(ec2) },
    start() {
      gateways ??= startNatGateways(ec2);
    },
    async stop() {
      await gateways?.stop();
      gateways = undefined;
    },
  };
}
