import { isUnknown, type Value } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { isPair, nearestPair } from './fargate-pairs.ts';

export const fargateSize: Check = {
  id: 'fargate-size',
  title: 'CPU and memory of a Fargate task are a pair that Fargate has',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html',
  why: 'ECS refuses to register the task definition: “No Fargate configuration exists for given values”.',
  *find({ system }) {
    for (const { id, compatibilities, cpu, memory, origin } of system.taskDefinitions) {
      if (!compatibilities.includes('FARGATE')) continue;
      const open = [cpu, memory].find(isUnknown);
      if (open) {
        yield cannotTell(id, under(origin, 'Cpu'), open.unknown);
        continue;
      }
      if (isPair(cpu, memory)) continue;
      const [units, size] = nearestPair(number(cpu), number(memory));
      yield found(id, under(origin, cpu === undefined ? [] : 'Cpu'), {
        message:
          cpu === undefined || memory === undefined
            ? `${id} is for Fargate and has no ${cpu === undefined ? 'Cpu' : 'Memory'}`
            : `Cpu ${number(cpu)} and Memory ${number(memory)} are no pair that Fargate has`,
        fix: {
          says: `write Cpu: '${units}' and Memory: '${size}'`,
          edits: [
            { kind: 'set', path: [...origin.path, 'Properties', 'Cpu'], value: String(units) },
            { kind: 'set', path: [...origin.path, 'Properties', 'Memory'], value: String(size) },
          ],
        },
      });
    }
  },
};

const number = (value: Value<number> | undefined) => (typeof value === 'number' ? value : 0);
