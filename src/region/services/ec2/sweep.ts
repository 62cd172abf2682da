import type { Ec2 } from './state.ts';

/**
 * A resource that has parts is written after them and deleted before them, so a crash in between leaves parts without a whole.
 * They are removed when the region starts, before anybody can see them.
 */
export function sweep(ec2: Ec2): void {
  const { tables } = ec2;
  const drop = <T extends { readonly id: string }>(
    table: { values(): Iterable<T>; delete(id: string): boolean },
    isOrphan: (record: T) => boolean,
  ) => {
    for (const record of table.values()) if (isOrphan(record)) table.delete(record.id);
  };
  const noVpc = ({ vpcId }: { readonly vpcId: string }) => !tables.vpc.has(vpcId);
  drop(tables['route-table-association'], (each) => {
    if (noVpc(each) || !tables['route-table'].has(each.routeTableId)) return true;
    return each.subnetId !== undefined && !tables.subnet.has(each.subnetId);
  });
  drop(tables['route-table'], noVpc);
  drop(tables['network-acl-association'], (each) => noVpc(each) || !tables.subnet.has(each.subnetId));
  drop(tables['network-acl'], noVpc);
  drop(tables['security-group'], noVpc);
  drop(tables['security-group-rule'], ({ groupId }) => !tables['security-group'].has(groupId));
  drop(tables['network-acl-association'], ({ id, subnetId }) =>
    isSuperseded(ec2.by.aclAssociationOfSubnet.get(subnetId), id),
  );
  drop(tables['route-table-association'], ({ id, subnetId, vpcId }) =>
    isSuperseded(
      ec2.by.tableAssociationsOfVpc.get(vpcId).filter((each) => each.subnetId === subnetId),
      id,
    ),
  );
  for (const address of tables['elastic-ip'].values()) {
    const { association, ...free } = address;
    if (association && !tables['network-interface'].has(association.interfaceId))
      tables['elastic-ip'].put(address.id, free);
  }
}

/** Replacing an association writes the new one before the old one goes: the last written counts. */
const isSuperseded = (associations: readonly { readonly id: string }[], id: string): boolean =>
  associations.length > 1 && associations.at(-1)?.id !== id;
