import type { Task } from '@aws-sdk/client-ecs';
import type { Holder } from '../flows/model.ts';
import type { Region } from '../region.ts';

/** `vpc address` → service, load balancer or what the interface says of itself. */
export async function addressHolders(region: Region): Promise<ReadonlyMap<string, Holder>> {
  const byInterface = new Map<string, string>();
  for (const { attachments = [], containers = [] } of await allTasks(region))
    for (const { details = [] } of attachments) {
      const id = details.find(({ name }) => name === 'networkInterfaceId')?.value;
      if (id && containers[0]?.name) byInterface.set(id, containers[0].name);
    }
  return new Map(
    region.internal.ec2
      .topology()
      .interfaces.map(({ id, vpcId, privateAddress, description }) => [
        `${vpcId} ${privateAddress}`,
        holderOf(byInterface.get(id), description),
      ]),
  );
}

/** `ELB app/NAME/ID` or `ELB net/NAME/ID` is a load balancer. */
function holderOf(service: string | undefined, description: string): Holder {
  if (service !== undefined) return { kind: 'service', name: service };
  const name = /^ELB (?:app|net)\/([^/]+)\//.exec(description)?.[1];
  return name === undefined ? { kind: 'other', name: description } : { kind: 'load-balancer', name };
}

async function allTasks({ api }: Region): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  for (const cluster of (await api.ecs.ListClusters({})).clusterArns ?? []) {
    let nextToken: string | undefined;
    do {
      const page = await api.ecs.ListTasks({ cluster, ...(nextToken ? { nextToken } : {}) });
      const { taskArns = [] } = page;
      if (taskArns.length > 0)
        tasks.push(...((await api.ecs.DescribeTasks({ cluster, tasks: taskArns })).tasks ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
  }
  return tasks;
}
