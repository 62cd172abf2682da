import type { Topology } from '../../topology/model.ts';
import type { PrivateZone } from './zone.ts';

/**
 * The zone of names that Amazon gives to private addresses: ip-10-0-1-5.ec2.internal in us-east-1, ip-10-0-1-5.REGION.compute.internal
 * elsewhere. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html
 */
export function interfaceNames(topology: Topology, vpcId: string, region: string): PrivateZone {
  const name = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return {
    name,
    vpcIds: [vpcId],
    records: topology.interfaces
      .filter((each) => each.vpcId === vpcId)
      .map(({ privateAddress }) => ({
        name: `ip-${privateAddress.replaceAll('.', '-')}.${name}`,
        type: 'A',
        ttl: 60,
        values: [privateAddress],
        routing: 'SIMPLE',
      })),
  };
}
