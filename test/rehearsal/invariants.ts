import type { SimulatedRegion } from '../../src/region/testing/simulated-region.ts';
import { good } from './shapes.ts';

interface Task {
  readonly id: string;
  readonly serviceArn?: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly containers: readonly { readonly image: string }[];
  readonly interface?: { readonly id: string; readonly privateAddress: string };
}
interface Service {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly desiredCount: number;
  readonly deploymentConfiguration: { readonly minimumHealthyPercent: number };
}
type Tables = Pick<SimulatedRegion, 'tables'>;

function rows<T>({ tables }: Tables, name: string): readonly T[] {
  const table = tables.get(name);
  if (!table) throw new Error(`there is no table ${name}`);
  return [...table.values()] as unknown as readonly T[];
}

/** What must hold whenever nothing is under way: what is wrong, in words. */
export function orphans(region: SimulatedRegion): readonly string[] {
  const tasks = rows<Task>(region, 'ecs/tasks').filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const services = new Map(rows<Service>(region, 'ecs/services').map((service) => [service.arn, service]));
  const interfaces = rows<{ id: string; requester?: string }>(region, 'ec2/network-interfaces');
  const held = new Set(tasks.flatMap((task) => task.interface?.id ?? []));
  const addresses = new Set(tasks.flatMap((task) => task.interface?.privateAddress ?? []));
  const targets = rows<{ address: string; drainingUntil?: Date }>(region, 'elbv2/targets');
  const records = rows<{ attributes: Record<string, string> }>(region, 'servicediscovery/instances');
  const stacks = rows<{ name: string; status: string; outputs: readonly { exportName?: string }[] }>(
    region,
    'cloudformation/stacks',
  );
  const living = stacks.filter(({ status }) => status !== 'DELETE_COMPLETE');
  return [
    ...tasks
      .filter(({ serviceArn = '' }) => services.get(serviceArn)?.status !== 'ACTIVE')
      .map(({ id }) => `task ${id} runs for no service`),
    ...interfaces
      .filter(({ id, requester }) => requester === 'ecs' && !held.has(id))
      .map(({ id }) => `interface ${id} belongs to no task`),
    ...targets
      .filter(({ address, drainingUntil }) => !drainingUntil && !addresses.has(address))
      .map(({ address }) => `target ${address} is no task's`),
    ...records
      .flatMap(({ attributes }) => attributes['AWS_INSTANCE_IPV4'] ?? [])
      .filter((address) => !addresses.has(address))
      .map((address) => `name leads to ${address}, which is no task's`),
    ...stacks
      .filter(
        ({ status, outputs }) => status === 'DELETE_COMPLETE' && outputs.some(({ exportName }) => exportName),
      )
      .map(({ name }) => `${name} is deleted and exports`),
    ...(region.running === tasks.length ? [] : [`${region.running} programs run for ${tasks.length} tasks`]),
    ...living
      .filter(({ status }) => status.endsWith('_IN_PROGRESS'))
      .map(({ name, status }) => `${name} is still ${status}`),
  ];
}

/** How many tasks of each service run a program that does not end by itself; by its ARN. */
export function inService(region: SimulatedRegion): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { serviceArn, lastStatus, desiredStatus, containers } of rows<Task>(region, 'ecs/tasks'))
    if (
      serviceArn &&
      lastStatus === 'RUNNING' &&
      desiredStatus === 'RUNNING' &&
      containers.every(({ image }) => (good as readonly string[]).includes(image))
    )
      counts.set(serviceArn, (counts.get(serviceArn) ?? 0) + 1);
  return counts;
}

/**
 * Watches that no service of which something runs falls below its minimum healthy percent, of what it had when that was fewer:
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html. `look` is called at every moment.
 */
export function floorWatch(region: SimulatedRegion): { look(): void; readonly broken: readonly string[] } {
  const broken: string[] = [];
  let before = inService(region);
  return {
    broken,
    look() {
      const now = inService(region);
      for (const { arn, name, status, desiredCount, deploymentConfiguration } of rows<Service>(
        region,
        'ecs/services',
      )) {
        if (status !== 'ACTIVE') continue;
        const floor = Math.ceil((desiredCount * deploymentConfiguration.minimumHealthyPercent) / 100);
        const had = before.get(arn) ?? 0;
        const has = now.get(arn) ?? 0;
        if (has < Math.min(had, floor))
          broken.push(`${name} went from ${had} to ${has} running tasks, its floor is ${floor}`);
      }
      before = now;
    },
  };
}
