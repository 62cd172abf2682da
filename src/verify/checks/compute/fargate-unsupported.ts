import { intrinsicOf } from '../../../template/symbolic.ts';
import { isRecord } from '../../../topology/from-template/values.ts';
import {
  isUnknown,
  known,
  type ContainerDefinition,
  type System,
  type TaskDefinition,
} from '../../../topology/system.ts';
import type { Check, Report } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { called, onFargate, written } from './tasks.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const CONTAINER = [
  'Privileged',
  'Links',
  'Hostname',
  'DnsServers',
  'DnsSearchDomains',
  'ExtraHosts',
  'DockerSecurityOptions',
  'DisableNetworking',
];
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html */
const LINUX = ['Devices', 'SharedMemorySize', 'MaxSwap', 'Swappiness'];
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html */
const LOG_DRIVERS = ['awslogs', 'splunk', 'awsfirelens'];

export const fargateUnsupported: Check = {
  id: 'fargate-unsupported',
  title: 'A Fargate task asks for nothing that needs an instance of one’s own',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html',
  why: 'ECS refuses to register the task definition, or to create the service: “Fargate only supports network mode ‘awsvpc’”.',
  *find({ system }) {
    for (const task of system.taskDefinitions) {
      const fargate = onFargate(system, task);
      if (fargate === false) continue;
      const reports = [...mode(system, task), ...volumes(task), ...wholeTask(system, task)];
      for (const container of task.containers) reports.push(...inContainer(task, container));
      if (isUnknown(fargate)) {
        if (reports.length > 0) yield cannotTell(task.id, task.origin, fargate.unknown);
      } else yield* reports;
    }
    for (const { id, launchType, scheduling, origin } of system.services)
      if (launchType === 'FARGATE' && scheduling === 'DAEMON')
        yield found(id, under(origin, 'SchedulingStrategy'), {
          message: `${id} is to run once on every instance (DAEMON), and Fargate has none`,
          fix: {
            says: 'write SchedulingStrategy: REPLICA',
            edits: [{ kind: 'set', path: under(origin, 'SchedulingStrategy').path, value: 'REPLICA' }],
          },
        });
  },
};

function* mode(system: System, { id, networkMode, origin }: TaskDefinition): Generator<Report> {
  if (isUnknown(networkMode)) return yield cannotTell(id, under(origin, 'NetworkMode'), networkMode.unknown);
  if (networkMode === 'awsvpc') return;
  const at = written({ properties: system.resources.get(id)?.properties ?? {}, origin }, 'NetworkMode');
  yield found(id, at, {
    message: `${id} is for Fargate, and its NetworkMode is ${networkMode}${at === origin ? ' by default' : ''}`,
    fix: {
      says: 'write NetworkMode: awsvpc',
      edits: [{ kind: 'set', path: under(origin, 'NetworkMode').path, value: 'awsvpc' }],
    },
  });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html */
function* volumes(task: TaskDefinition): Generator<Report> {
  for (const { name, properties, origin } of task.volumes) {
    const host = properties['Host'];
    const [key, what] =
      properties['DockerVolumeConfiguration'] !== undefined
        ? ['DockerVolumeConfiguration', 'a Docker volume']
        : isRecord(host) && host['SourcePath'] !== undefined
          ? ['Host', 'a folder of the instance']
          : [];
    if (key === undefined) continue;
    yield found(task.id, under(origin, key), {
      message: `the volume ${known(name) ?? ''} is ${what}, which Fargate does not have`,
      fix: {
        says: `take ${key} out: the volume lasts as long as the task then; use EFSVolumeConfiguration for what must last longer`,
        edits: [{ kind: 'remove', path: under(origin, key).path }],
      },
    });
  }
}

function* wholeTask(system: System, { id, origin }: TaskDefinition): Generator<Report> {
  const properties = system.resources.get(id)?.properties ?? {};
  const constraints: unknown = properties['PlacementConstraints'];
  const given = [
    ...(typeof properties['IpcMode'] === 'string' ? ['IpcMode'] : []),
    ...(properties['PidMode'] === 'host' ? ['PidMode'] : []),
    ...(Array.isArray(constraints) && constraints.length > 0 ? ['PlacementConstraints'] : []),
  ];
  for (const key of given)
    yield found(id, under(origin, key), {
      message: `${key} is not for Fargate`,
      fix: without(under(origin, key).path, key),
    });
}

function* inContainer(task: TaskDefinition, container: ContainerDefinition): Generator<Report> {
  const { properties, origin, logDriver } = container;
  const name = called(container);
  for (const key of CONTAINER) {
    const value = properties[key];
    if (
      value === undefined ||
      value === false ||
      value === '' ||
      (Array.isArray(value) && value.length === 0)
    )
      continue;
    yield found(task.id, under(origin, key), {
      message: `${name} has ${key}, which Fargate does not allow`,
      fix: without(under(origin, key).path, key),
    });
  }
  const linux = properties['LinuxParameters'];
  if (isRecord(linux)) {
    for (const key of LINUX)
      if (linux[key] !== undefined)
        yield found(task.id, under(origin, ['LinuxParameters', key]), {
          message: `${name} has ${key}, which Fargate does not allow`,
          fix: without(under(origin, ['LinuxParameters', key]).path, key),
        });
    const capabilities = linux['Capabilities'];
    const added: unknown = isRecord(capabilities) ? capabilities['Add'] : undefined;
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html
    const extra = Array.isArray(added)
      ? added.filter((one) => typeof one === 'string' && one !== 'SYS_PTRACE' && one !== 'CAP_SYS_PTRACE')
      : [];
    if (extra.length > 0) {
      const at = under(origin, ['LinuxParameters', 'Capabilities', 'Add']);
      yield found(task.id, at, {
        message: `${name} adds the capability ${extra.join(', ')}; Fargate adds SYS_PTRACE only`,
        fix: without(at.path, 'Add'),
      });
    }
  }
  const requirements = properties['ResourceRequirements'];
  if (Array.isArray(requirements) && requirements.some((one) => isRecord(one) && one['Type'] === 'GPU'))
    yield found(task.id, under(origin, 'ResourceRequirements'), {
      message: `${name} wants a GPU, which Fargate does not have`,
      fix: { says: 'run it on instances that have one: RequiresCompatibilities: [EC2]', edits: [] },
    });
  if (logDriver !== undefined && !LOG_DRIVERS.includes(logDriver))
    yield found(task.id, under(origin, ['LogConfiguration', 'LogDriver']), {
      message: `${name} logs by ${logDriver}; Fargate has ${LOG_DRIVERS.join(', ')}`,
      fix: {
        says: 'write LogDriver: awslogs with awslogs-group, awslogs-region and awslogs-stream-prefix',
        edits: [],
      },
    });
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
  if (
    logDriver === 'awslogs' &&
    !intrinsicOf(container.logOptions) &&
    isRecord(properties['LogConfiguration']) &&
    container.logOptions['awslogs-stream-prefix'] === undefined
  )
    yield found(task.id, under(origin, 'LogConfiguration'), {
      message: `${name} logs by awslogs without awslogs-stream-prefix, which Fargate needs`,
      fix: {
        says: `write awslogs-stream-prefix: ${name}`,
        edits: [
          {
            kind: 'set',
            path: under(origin, ['LogConfiguration', 'Options', 'awslogs-stream-prefix']).path,
            value: name,
          },
        ],
      },
    });
}

const without = (path: readonly (string | number)[], key: string) => ({
  says: `take ${key} out, or run the task on instances of your own`,
  edits: [{ kind: 'remove', path } as const],
});
