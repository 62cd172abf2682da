import { isUnknown, known, type System, type TargetGroup } from '../../../topology/system.ts';
import type { Check, Report } from '../../model.ts';
import { recordTypesOf } from '../../paths/records.ts';
import { cannotTell, found, under } from '../../report.ts';
import { definitionOf, writtenAt } from '../compute/tasks.ts';

export const targetTypeMismatch: Check = {
  id: 'target-type-mismatch',
  title: 'A target group takes what its tasks are: addresses, or instances',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html',
  why: 'ECS refuses to create the service: “The provided target group … has target type instance, which is incompatible with the awsvpc network mode specified in the task definition”. A task in awsvpc mode (every one on Fargate) has an address of its own; in bridge and host mode it is reached at its instance, and a namespace can have it in SRV records only.',
  *find({ system }) {
    yield* registered(system);
    const done = new Set<string>();
    for (const service of system.services)
      for (const { targetGroupId, origin } of service.targets) {
        if (isUnknown(targetGroupId)) {
          yield cannotTell(service.id, under(origin, 'TargetGroupArn'), targetGroupId.unknown);
          continue;
        }
        const group = system.targetGroups.find(({ id }) => id === targetGroupId);
        const task = definitionOf(system, service);
        if (!group || !task || done.has(group.id)) continue;
        const open = [group.targetType, task.networkMode].find(isUnknown);
        if (open) {
          yield cannotTell(group.id, writtenAt(system, group.id, group.origin, 'TargetType'), open.unknown);
          continue;
        }
        const [type, mode] = [known(group.targetType), known(task.networkMode)];
        const wanted = mode === 'awsvpc' ? 'ip' : 'instance';
        if (type === wanted) continue;
        done.add(group.id);
        yield found(group.id, writtenAt(system, group.id, group.origin, 'TargetType'), {
          message: `${service.id} has tasks in ${mode ?? ''} mode, and its target group ${group.id} takes targets of type ${type}${isWritten(system, group) ? '' : ' (the default)'}`,
          fix: {
            says: `write TargetType: ${wanted}`,
            edits: [{ kind: 'set', path: under(group.origin, 'TargetType').path, value: wanted }],
          },
        });
      }
  },
};

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html#service-discovery-considerations */
function* registered(system: System): Generator<Report> {
  const done = new Set<string>();
  for (const service of system.services)
    for (const { discoveryId, containerName, containerPort } of service.registries) {
      const declared = system.resources.get(known(discoveryId) ?? '');
      const task = definitionOf(system, service);
      const mode = known(task?.networkMode);
      const addresses = declared ? recordTypesOf(declared).filter(({ type }) => type !== 'SRV') : [];
      const [first] = addresses;
      if (!declared || !first || done.has(declared.id) || (mode !== 'bridge' && mode !== 'host')) continue;
      done.add(declared.id);
      const named = containerName !== undefined && containerPort !== undefined;
      yield found(declared.id, under(declared.origin, first.property), {
        message: `${service.id} has tasks in ${mode} mode, and its name ${declared.id} takes ${first.type} records: a port of the instance can be told in SRV records only`,
        fix: {
          says: `write Type: SRV${named ? '' : ' and, in ServiceRegistries, ContainerName and ContainerPort'}; or use the network mode awsvpc`,
          edits: named
            ? addresses.map(({ property }) => ({
                kind: 'set',
                path: under(declared.origin, property).path,
                value: 'SRV',
              }))
            : [],
        },
      });
    }
}

const isWritten = (system: System, { id }: TargetGroup) =>
  system.resources.get(id)?.properties['TargetType'] !== undefined;
