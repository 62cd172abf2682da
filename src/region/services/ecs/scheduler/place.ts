import type { Topology } from '../../../../topology/model.ts';
import type { TaskRecord } from '../state.ts';

/**
 * The subnet of the next task: the zone with fewest, in it the subnet with fewest, else in the given order.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html (Fargate spreads over zones)
 */
export function placeTask(
  subnetIds: readonly string[],
  { subnets }: Pick<Topology, 'subnets'>,
  beside: readonly Pick<TaskRecord, 'zone' | 'subnetId'>[],
): { readonly subnetId: string; readonly zone: string } {
  const zoneOf = (subnetId: string) => subnets.find(({ id }) => id === subnetId)?.zone ?? '';
  const inZone = (zone: string) => beside.filter((task) => task.zone === zone).length;
  const inSubnet = (subnetId: string) => beside.filter((task) => task.subnetId === subnetId).length;
  const [best = ''] = [...subnetIds].sort(
    (a, b) => inZone(zoneOf(a)) - inZone(zoneOf(b)) || inSubnet(a) - inSubnet(b),
  );
  return { subnetId: best, zone: zoneOf(best) };
}
