import { isUnknown, known } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { called, containerOf, partly, servicesOf, written } from './tasks.ts';

export const essentialMissing: Check = {
  id: 'essential-missing',
  title: 'A task has an essential container',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html',
  why: 'ECS refuses to register the task definition: “Task definition doesn’t have any essential container”.',
  *find({ system }) {
    for (const task of system.taskDefinitions) {
      const { id, containers, origin } = task;
      if (containers.length === 0 || containers.some(({ essential }) => essential)) continue;
      const open = partly(system, id, 'ContainerDefinitions');
      if (open !== undefined) {
        yield cannotTell(id, under(origin, 'ContainerDefinitions'), open);
        continue;
      }
      const served = servicesOf(system, task)
        .flatMap(({ targets }) => targets.map(({ containerName }) => containerName))
        .find((name) => !isUnknown(name));
      const main = containerOf(task, known(served) ?? '') ?? containers[0]!;
      yield found(id, written(main, 'Essential'), {
        message: `none of the containers of ${id} is essential`,
        fix: {
          says: `write Essential: true in ${called(main)}, which the task is for`,
          edits: [{ kind: 'set', path: under(main.origin, 'Essential').path, value: true }],
        },
      });
    }
  },
};
