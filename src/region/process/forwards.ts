import { systemClock } from '../../common/clock.ts';
import { InputError } from '../../common/problem.ts';
import { startForwards, type Forwards, type ForwardTask } from '../forward/forwards.ts';
import type { Forward } from '../forward/model.ts';
import { namespaceOf } from '../network/namespace.ts';
import type { Region } from '../region.ts';
import type { ForwardsRequest } from './protocol.ts';
import { noSuchService, stackServices, taskAddress, tasksOf } from './status.ts';

/** The forwards of all stacks; what was set before a restart is open again. */
export function regionForwards(region: Region, argv: readonly string[]): Forwards {
  const { store, log, plane } = region;
  return startForwards({
    store,
    clock: systemClock,
    log,
    argv,
    netd: plane.netd,
    hostPorts: plane.hostPorts,
    async stacks() {
      const { Stacks = [] } = await region.api.cloudformation.DescribeStacks({});
      return Stacks.flatMap(({ StackName }) => StackName ?? []);
    },
    tasks: (stack, service) => runningTasks(region, stack, service),
    networks: () =>
      new Set(region.internal.ec2.topology().interfaces.map(({ description }) => namespaceOf(description))),
  });
}

async function runningTasks(region: Region, stack: string, name: string): Promise<readonly ForwardTask[]> {
  const service = (await stackServices(region, stack)).find((one) => one.name === name);
  if (!service) return [];
  const { interfaces } = region.internal.ec2.topology();
  return (await tasksOf(region, service)).flatMap((task) => {
    const address = taskAddress(task);
    const id = (task.attachments ?? [])
      .flatMap(({ details = [] }) => details)
      .find(({ name: detail }) => detail === 'networkInterfaceId')?.value;
    const held = interfaces.find((one) => one.id === id);
    if (task.lastStatus !== 'RUNNING' || !address || !held) return [];
    return [{ address, network: namespaceOf(held.description) }];
  });
}

/** Replaces a stack's forwards; rejects where it has no such service. */
export async function setForwards(
  region: Region,
  forwards: Forwards,
  { stack, forwards: wanted }: ForwardsRequest,
): Promise<{ readonly forwards: readonly Forward[] }> {
  const services = await stackServices(region, stack);
  for (const { service, containerPort, hostPort, protocol } of wanted) {
    if (!services.some(({ name }) => name === service)) throw noSuchService(stack, service, services);
    const ports = [containerPort, hostPort];
    const bad = ports.find((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
    if (bad !== undefined || (protocol !== 'tcp' && protocol !== 'udp'))
      throw new InputError([
        {
          code: 'bad-forward',
          message: `a forward of ${service} wants port ${bad ?? containerPort}/${String(protocol)}`,
          fix: 'write a port from 1 to 65535, and tcp or udp',
        },
      ]);
  }
  return { forwards: await forwards.set(stack, wanted) };
}
