import type { Output } from '../../template/model.ts';
import type { OnceTask } from '../design-model.ts';
import { ref } from '../intrinsics.ts';
import { layoutOf, taskSubnets } from '../network.ts';
import { pascal } from '../naming.ts';
import type { Plan } from '../plan.ts';
import { onceOutputs } from './service.ts';

const onceOf = ({ tasks }: Plan) => tasks.filter(({ kind }) => kind === 'once');

/** What RunTask is given for each task that runs once, by names of outputs. */
export const onceTasks = (plan: Plan): OnceTask[] =>
  onceOf(plan).map(({ owner: { name } }) => ({
    service: name,
    cluster: 'Cluster',
    taskDefinition: `${pascal(name)}TaskDefinition`,
    subnets: 'TaskSubnets',
    securityGroups: `${pascal(name)}SecurityGroups`,
    assignPublicIp: layoutOf(plan).privateTasks ? 'DISABLED' : 'ENABLED',
  }));

export function onceTemplateOutputs(plan: Plan): Record<string, Output> {
  const tasks = onceOf(plan);
  if (tasks.length === 0) return {};
  return {
    TaskSubnets: {
      Description: 'The subnets of tasks',
      Value: { 'Fn::Join': [',', taskSubnets(layoutOf(plan)).map(ref)] },
    },
    ...Object.fromEntries(
      tasks.flatMap((task) => {
        const { name } = task.owner;
        const values = onceOutputs(plan, task);
        return [
          [
            `${pascal(name)}TaskDefinition`,
            { Description: `What ${name} runs as`, Value: values.TaskDefinition },
          ],
          [
            `${pascal(name)}SecurityGroups`,
            { Description: `The security groups of ${name}`, Value: values.SecurityGroups },
          ],
        ] as const;
      }),
    ),
  };
}
