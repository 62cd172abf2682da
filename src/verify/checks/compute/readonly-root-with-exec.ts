import type { Check } from '../../model.ts';
import { found, under } from '../../report.ts';
import { called, servicesOf } from './tasks.ts';

export const readonlyRootWithExec: Check = {
  id: 'readonly-root-with-exec',
  title: 'ECS Exec has a root file system it can write to',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html',
  why: 'The agent of ECS Exec writes into the container’s file system: with a read-only one execute-command answers “TargetNotConnectedException: The execute command failed due to an internal error”.',
  *find({ system }) {
    for (const task of system.taskDefinitions) {
      const service = servicesOf(system, task).find(({ executeCommand }) => executeCommand);
      if (!service) continue;
      for (const container of task.containers)
        if (container.properties['ReadonlyRootFilesystem'] === true)
          yield found(task.id, under(container.origin, 'ReadonlyRootFilesystem'), {
            message: `${called(container)} has a read-only root file system, and ${service.id} has EnableExecuteCommand: true`,
            fix: {
              says: `take ReadonlyRootFilesystem out of ${called(container)}, or EnableExecuteCommand out of ${service.id}`,
              edits: [],
            },
          });
    }
  },
};
