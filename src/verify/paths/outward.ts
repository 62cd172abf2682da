import {
  type ContainerDefinition,
  type EcsService,
  isUnknown,
  known,
  type TaskDefinition,
} from '../../topology/system.ts';
import { instancePlacements } from '../instances.ts';
import type { Context } from '../model.ts';
import type { End } from '../reach/model.ts';
import { type Ask, type Side, sideOf } from './ask.ts';
import { imageSource } from './image-source.ts';
import { rawValue, referencesIn, textOf } from './references.ts';

const aws = (service: string): End => ({ kind: 'aws-service', service });
/**
 * Layers lie in S3: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
const ECR: readonly End[] = ['ecr.api', 'ecr.dkr', 's3'].map(aws);
const INTERNET: readonly End[] = [{ kind: 'internet' }];

/** What a service's tasks need of the outside: images, secrets, logs, the channel of ECS Exec. */
export function* outwardAsks(context: Context): Iterable<Ask> {
  const definitions = new Map(
    context.system.taskDefinitions.map((definition) => [definition.id, definition]),
  );
  for (const service of context.system.services) {
    const definition = definitions.get(known(service.taskDefinitionId) ?? '');
    if (!definition || known(service.launchType) === 'EXTERNAL') continue;
    const agent = agentOf(context, service);
    const task = sideOf(context.parties.get(service.id) ?? { placements: [] });
    yield* imageAsks(service, definition, agent);
    yield* secretAsks(context, service, definition, agent, task);
    if (definition.containers.some(writesLogs))
      yield ask(service, 'logs-unreachable', 'write its log', agent, [aws('logs')], logOrigin(definition));
    if (service.executeCommand)
      // The agent of Session Manager runs in the task: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
      yield ask(service, 'exec-unreachable', 'be opened by ECS Exec', task, [aws('ssmmessages')]);
  }
}

/**
 * On Fargate a task's own interface carries pulls, secrets and logs; on EC2 the instance does:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
 */
function agentOf(context: Context, service: EcsService): Side {
  const { launchType } = service;
  if (isUnknown(launchType)) return { ends: [], why: launchType.unknown };
  if (launchType === 'FARGATE') return sideOf(context.parties.get(service.id) ?? { placements: [] });
  return sideOf(instancePlacements(context.system, service));
}

const ask = (
  service: EcsService,
  check: Ask['check'],
  does: string,
  from: Side,
  to: readonly End[],
  origin: Ask['origin'] = service.origin,
  port = 443,
): Ask => ({
  check,
  subject: service.name,
  does,
  resource: service.id,
  origin,
  from,
  to: { ends: to },
  protocol: 'tcp',
  ports: [port],
});

function* imageAsks(service: EcsService, { containers }: TaskDefinition, agent: Side): Iterable<Ask> {
  const seen = new Set<string>();
  for (const { image, properties, origin } of containers) {
    const source = imageSource(image, properties['Image']);
    const key = JSON.stringify(source);
    if (seen.has(key)) continue;
    seen.add(key);
    const at = { ...origin, path: [...origin.path, 'Image'] };
    const pull = (to: readonly End[], port?: number) =>
      ask(service, 'image-unreachable', `pull ${source.says}`, agent, to, at, port);
    if (source.kind === 'ecr') yield pull(ECR);
    else if (source.kind === 'internet') yield pull(INTERNET, source.port);
    else if (source.kind === 'unknown')
      yield { ...pull(ECR), or: { to: { ends: INTERNET }, why: source.why } };
  }
}

function* secretAsks(
  { system }: Context,
  service: EcsService,
  { containers }: TaskDefinition,
  agent: Side,
  task: Side,
): Iterable<Ask> {
  const secretsOf = ({ secrets, properties }: ContainerDefinition) => [
    ...secrets,
    ...(properties['RepositoryCredentials'] === undefined
      ? []
      : [{ valueFrom: 'arn:aws:secretsmanager:', origin: service.origin }]),
  ];
  const injected = new Map<string, Ask['origin']>();
  for (const container of containers)
    for (const { valueFrom, origin } of secretsOf(container)) {
      const store = storeOf(system.resources, valueFrom);
      if (store !== undefined && !injected.has(store)) injected.set(store, origin);
    }
  for (const [store, origin] of injected)
    yield ask(
      service,
      'secrets-unreachable',
      `read its secrets from ${NAMES[store]}`,
      agent,
      [aws(store)],
      origin,
    );
  const called = new Map<string, Ask['origin']>();
  for (const { environment, properties } of containers)
    for (const [index, { origin }] of environment.entries()) {
      const store = namedStore(system.resources, rawValue(properties, 'Environment', index));
      if (store !== undefined && !called.has(store)) called.set(store, origin);
    }
  for (const [store, origin] of called)
    yield ask(service, 'secrets-unreachable', `call ${NAMES[store]}`, task, [aws(store)], origin);
}

const NAMES: Readonly<Record<string, string>> = {
  secretsmanager: 'Secrets Manager',
  ssm: 'the Parameter Store',
};

/** Which store an injected value is of: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html */
function storeOf(resources: Context['system']['resources'], valueFrom: unknown): string | undefined {
  const text = textOf(valueFrom);
  if (text.includes(':secretsmanager:')) return 'secretsmanager';
  if (text.includes(':ssm:') || (typeof valueFrom === 'string' && !valueFrom.includes(':'))) return 'ssm';
  return namedStore(resources, valueFrom);
}

/** The store of a secret or parameter of the templates that a value refers to. */
function namedStore(resources: Context['system']['resources'], value: unknown): string | undefined {
  for (const { id, attribute = '' } of referencesIn(value)) {
    const type = resources.get(id)?.type ?? '';
    if (type.startsWith('AWS::SecretsManager::')) return 'secretsmanager';
    if (attribute.startsWith('MasterUserSecret')) return 'secretsmanager';
    // Its value may be what is meant, but only its name has a Ref.
    if (type === 'AWS::SSM::Parameter' && attribute === '') return 'ssm';
  }
  return undefined;
}

/** To the usual address of CloudWatch Logs: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html */
const writesLogs = ({ logDriver, logOptions }: ContainerDefinition): boolean =>
  logDriver === 'awslogs' && logOptions['awslogs-endpoint'] === undefined;

function logOrigin({ containers, origin }: TaskDefinition): Ask['origin'] {
  const own = containers.find(writesLogs)?.origin;
  return own ? { ...own, path: [...own.path, 'LogConfiguration'] } : origin;
}
