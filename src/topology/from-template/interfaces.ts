import type { NetworkInterface, Subnet } from '../model.ts';
import { type Declared, known } from '../system.ts';
import { ofType } from './declared.ts';
import { readerOf } from './values.ts';

/** Interfaces that are written out with their address; those of tasks, load balancers and gateways come about at deployment. */
export function interfacesOf(
  resources: ReadonlyMap<string, Declared>,
  subnets: readonly Subnet[],
): NetworkInterface[] {
  const elastic = new Map(
    ofType(resources, 'AWS::EC2::EIPAssociation')
      .map(readerOf)
      .map((read) => [known(read.id('NetworkInterfaceId')), known(read.id('AllocationId'))] as const),
  );
  return ofType(resources, 'AWS::EC2::NetworkInterface').flatMap((declared): NetworkInterface[] => {
    const read = readerOf(declared);
    const privateAddress = known(read.text('PrivateIpAddress'));
    const subnet = subnets.find(({ id }) => id === known(read.id('SubnetId')));
    if (privateAddress === undefined || !subnet) return [];
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-networkinterface.html
    const given = read.ids('GroupSet');
    const groupIds = given === undefined ? [`${subnet.vpcId}.DefaultSecurityGroup`] : (known(given) ?? []);
    const address = elastic.get(declared.id);
    return [
      {
        id: declared.id,
        vpcId: subnet.vpcId,
        subnetId: subnet.id,
        zone: subnet.zone,
        privateAddress,
        // Which one it is shows at deployment only.
        ...(address === undefined ? {} : { publicAddress: `(the address of ${address})` }),
        groupIds,
        description: known(read.text('Description')) ?? '',
        sourceDestCheck: known(read.flag('SourceDestCheck')) ?? true,
      },
    ];
  });
}
