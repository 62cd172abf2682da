import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { manualClock } from '../../../common/clock.ts';
import { openStore } from '../../store/store.ts';
import { testEc2, twoSubnets, type TestEc2 } from './test-ec2.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairway-ec2-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function live(ec2: TestEc2): Promise<void> {
  const { api } = ec2;
  const { vpcId, subnetA, subnetB } = await twoSubnets(ec2);
  const RouteTableId = (await api.CreateRouteTable({ VpcId: vpcId })).RouteTable?.RouteTableId ?? '';
  const { AssociationId } = await api.AssociateRouteTable({ RouteTableId, SubnetId: subnetA });
  const other = (await api.CreateRouteTable({ VpcId: vpcId })).RouteTable?.RouteTableId ?? '';
  const { NewAssociationId } = await api.ReplaceRouteTableAssociation({ AssociationId, RouteTableId: other });
  await api.DisassociateRouteTable({ AssociationId: NewAssociationId });
  for (const id of [RouteTableId, other]) await api.DeleteRouteTable({ RouteTableId: id });
  for (const SubnetId of [subnetA, subnetB]) await api.DeleteSubnet({ SubnetId });
  await api.DeleteVpc({ VpcId: vpcId });
}

test('a region cut short after any write has no part without its whole', async () => {
  const whole = join(folder, 'whole');
  await live(testEc2('us-east-1', openStore(whole)));
  const lines = readFileSync(whole, 'utf8').split('\n').slice(0, -1);
  expect(lines.length).toBeGreaterThan(20);
  for (let cut = 0; cut <= lines.length; cut += 1) {
    const file = join(folder, `cut-${cut}`);
    writeFileSync(
      file,
      lines
        .slice(0, cut)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const store = openStore(file);
    const { api, internal } = testEc2('us-east-1', store, manualClock());
    const { vpcs, subnets, routeTables, networkAcls, securityGroups } = internal.topology();
    const ids = vpcs.map(({ id }) => id);
    for (const part of [...subnets, ...routeTables, ...networkAcls, ...securityGroups])
      expect(ids).toContain(part.vpcId);
    for (const { routeTableId, networkAclId } of subnets) {
      expect(routeTables.map(({ id }) => id)).toContain(routeTableId);
      expect(networkAcls.map(({ id }) => id)).toContain(networkAclId);
    }
    for (const name of ['route-table-associations', 'network-acl-associations', 'security-group-rules'])
      if (vpcs.length === 0) expect(store.table(`ec2/${name}`).size).toBe(0);
    const { Subnets = [] } = await api.DescribeSubnets({});
    for (const { SubnetId = '' } of Subnets) await api.DeleteSubnet({ SubnetId });
    const { RouteTables = [] } = await api.DescribeRouteTables({});
    for (const { RouteTableId = '', Associations = [] } of RouteTables)
      if (Associations.length === 0) await api.DeleteRouteTable({ RouteTableId });
    for (const VpcId of ids) await api.DeleteVpc({ VpcId });
    expect(internal.topology().vpcs).toEqual([]);
    store.close();
  }
});
