import { contains, overlaps, parseCidr } from '../../../topology/cidr.ts';
import type { Subnet } from '../../../topology/model.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';

export const cidrOverlap: Check = {
  id: 'cidr-overlap',
  title: 'Subnets lie within their VPC, beside each other',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html',
  why: 'EC2 refuses the subnet: “InvalidSubnet.Conflict: The CIDR … conflicts with another subnet”, or “InvalidSubnet.Range: The CIDR … is invalid”.',
  *find({ system: { subnets, vpcs, resources } }) {
    const blocks = new Map(vpcs.map(({ id, cidrs }) => [id, cidrs]));
    const seen = new Map<string, Subnet[]>();
    for (const subnet of subnets) {
      const origin = subnet.origin ? under(subnet.origin, 'CidrBlock') : { path: ['Resources', subnet.id] };
      const own = parseCidr(subnet.cidr);
      if (!own) {
        if (resources.get(subnet.id)?.properties['CidrBlock'] !== undefined)
          yield cannotTell(subnet.id, origin, `its block is not known: ${subnet.cidr}`);
        continue;
      }
      const around = blocks.get(subnet.vpcId)?.map(parseCidr);
      if (
        around &&
        around.length > 0 &&
        around.every((block) => block !== undefined && !contains(block, own))
      )
        yield found(subnet.id, origin, {
          message: `${subnet.cidr} is not within ${subnet.vpcId}, which has ${blocks.get(subnet.vpcId)!.join(', ')}`,
          fix: { says: `choose a block within ${blocks.get(subnet.vpcId)!.join(', ')}`, edits: [] },
        });
      const siblings = seen.get(subnet.vpcId) ?? [];
      seen.set(subnet.vpcId, siblings);
      const other = siblings.find(({ cidr, id }) => {
        const block = parseCidr(cidr);
        return block !== undefined && overlaps(block, own) && !exclude(resources, id, subnet.id);
      });
      siblings.push(subnet);
      if (other)
        yield found(subnet.id, origin, {
          message: `${subnet.cidr} overlaps with ${other.id}, which has ${other.cidr}`,
          fix: { says: 'choose a block that no other subnet of the VPC has', edits: [] },
        });
    }
  },
};

/** Two of which one or the other may be there depending on a condition are no clash that is sure. */
function exclude(
  resources: ReadonlyMap<string, { readonly uncertain?: string }>,
  one: string,
  other: string,
): boolean {
  return resources.get(one)?.uncertain !== undefined || resources.get(other)?.uncertain !== undefined;
}
