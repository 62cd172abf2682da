import { isRecord } from '../../../topology/from-template/values.ts';
import { type EcsService, isUnknown, known, type System } from '../../../topology/system.ts';
import type { Check, Fix, Report } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { hostPorts, instances } from './port-clash.ts';
import { definitionOf } from './tasks.ts';

export const deploymentCannotProceed: Check = {
  id: 'deployment-cannot-proceed',
  title: 'A deployment has room to replace a task',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html',
  why: 'No task may be stopped, and none more may be started: “(service X) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.”',
  *find({ system }) {
    for (const service of system.services) {
      if (service.controller !== 'ECS' || !rolls(system, service)) continue;
      const { id, origin, minimumHealthyPercent: minimum, maximumPercent: maximum } = service;
      const desired = service.scheduling === 'DAEMON' ? 1 : service.desiredCount;
      const open = [minimum, maximum, desired].find(isUnknown);
      if (open && isUnknown(open)) {
        // With AWS's defaults there is always room, whatever the count.
        if (minimum !== 100 || maximum !== 200) yield cannotTell(id, origin, open.unknown);
        continue;
      }
      yield* judged(system, service, known(desired) ?? 0, known(minimum) ?? 0, known(maximum) ?? 0);
    }
  },
};

/** In the other strategies the new tasks stand beside the old ones: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
function rolls(system: System, { id }: EcsService): boolean {
  const configuration = system.resources.get(id)?.properties['DeploymentConfiguration'];
  const strategy = isRecord(configuration) ? configuration['Strategy'] : undefined;
  return strategy === undefined || strategy === 'ROLLING';
}

function* judged(
  system: System,
  service: EcsService,
  desired: number,
  minimum: number,
  maximum: number,
): Generator<Report> {
  const { id, origin } = service;
  // ECS-207, ECS-208 of the same page: the lower bound is rounded up, the upper one down.
  const [lower, upper] = [Math.ceil((desired * minimum) / 100), Math.floor((desired * maximum) / 100)];
  if (desired === 0 || lower < desired) return;
  const stopFirst = fix(
    service,
    'MinimumHealthyPercent',
    desired > 1 ? 50 : 0,
    'a task is stopped before its successor starts',
  );
  if (upper <= desired)
    return yield found(id, at(system, service, 'MaximumPercent', 'MinimumHealthyPercent'), {
      message: `of ${desired} ${desired === 1 ? 'task' : 'tasks'} at least ${lower} must run and at most ${upper} may: none can be replaced`,
      fix:
        service.scheduling === 'DAEMON'
          ? stopFirst
          : fix(service, 'MaximumPercent', 200, 'successors start before tasks are stopped'),
    });
  const task = definitionOf(system, service);
  const ports = task && service.launchType === 'EC2' ? hostPorts(task) : [];
  if (ports.length === 0 || service.scheduling === 'DAEMON') return;
  const room = instances(system, service);
  if (isUnknown(room)) return yield cannotTell(id, origin, room.unknown);
  if (room === desired)
    yield found(id, at(system, service, 'MinimumHealthyPercent'), {
      message: `each of the ${desired === 1 ? '' : `${desired} `}tasks has port ${ports[0]?.port} of an instance, ${room === 1 ? 'the one instance has it no second time' : `and there are ${room} instances`}: a successor finds no place before one stops`,
      fix: stopFirst,
    });
}

const fix = ({ origin }: EcsService, key: string, value: number, effect: string): Fix => ({
  says: `write DeploymentConfiguration: ${key}: ${value}: ${effect}`,
  edits: [{ kind: 'set', path: under(origin, ['DeploymentConfiguration', key]).path, value }],
});

/** The first of the percents that is written, else the service. */
function at(system: System, { id, origin }: EcsService, ...keys: readonly string[]) {
  const written = system.resources.get(id)?.properties['DeploymentConfiguration'];
  const key = keys.find((one) => isRecord(written) && Object.hasOwn(written, one));
  return key === undefined ? origin : under(origin, ['DeploymentConfiguration', key]);
}
