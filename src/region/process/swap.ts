import { InputError } from '../../common/problem.ts';
import type { Region } from '../region.ts';
import type { Swapped, SwapRequest } from './protocol.ts';
import { noSuchService, stackServices, taskId, tasksOf } from './status.ts';

/** Puts files into the running tasks of a service, or starts its program again in them, one task after the other. */
export async function swap(region: Region, wanted: SwapRequest): Promise<Swapped> {
  const { stack, service: name, copies, restart, image, exec } = wanted;
  const services = await stackServices(region, stack);
  const service = services.find((candidate) => candidate.name === name);
  if (!service) throw noSuchService(stack, name, services);
  let tasks = 0;
  for (const task of await tasksOf(region, service)) {
    const container = region.internal.ecs.container(taskId(task), name);
    if (!container) continue;
    for (const { source, target } of copies) {
      if (!target.startsWith('/'))
        throw new InputError([
          { code: 'watch-target', message: `the target ${target} is not absolute`, fix: `write /${target}` },
        ]);
      await container.put?.(source, target);
    }
    if (exec) {
      const program = container.exec(exec);
      program.end();
      await program.exited;
    }
    if (restart) await region.internal.ecs.swap(taskId(task), name, image);
    tasks++;
  }
  return { tasks };
}
