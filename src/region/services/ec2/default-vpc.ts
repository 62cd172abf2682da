import { ApiError } from '../../gateway/api-error.ts';
import { newId } from './ids.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { mainTableId } from './route-tables.ts';
import type { Ec2 } from './state.ts';
import { makeSubnet } from './subnets.ts';
import { makeVpc, vpcItem } from './vpcs.ts';
import { zonesOf } from './zones.ts';

/** A region starts without a default VPC, as an account whose owner has deleted it; this call makes it. */
export function defaultVpc(ec2: Ec2): Ec2Handlers {
  return {
    // https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html
    CreateDefaultVpc: operation([], () => {
      const before = [...ec2.tables.vpc.values()].find(({ isDefault }) => isDefault);
      if (before)
        throw new ApiError(
          'DefaultVpcAlreadyExists',
          `A Default VPC already exists for this account in this region: ${before.id}`,
        );
      const vpc = makeVpc(ec2, '172.31.0.0/16', { tags: {}, isDefault: true });
      zonesOf(ec2.region.identity.region).forEach(({ name: zone }, index) =>
        makeSubnet(ec2, vpc.id, { cidr: `172.31.${index * 16}.0/20`, zone, tags: {}, isDefault: true }),
      );
      const gateway = newId('igw');
      ec2.tables['internet-gateway'].put(gateway, { id: gateway, tags: {}, vpcId: vpc.id });
      const routes = [{ destination: '0.0.0.0/0', target: gateway }];
      ec2.tables['route-table'].patch(mainTableId(ec2, vpc.id), { routes });
      return { Vpc: vpcItem(ec2, vpc) };
    }),
  };
}
