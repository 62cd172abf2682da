import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../../../common/clock.ts';
import { createApis } from '../../../gateway/apis.ts';
import type { Apis, Region } from '../../../region.ts';
import { openStore, type Store, type Table } from '../../../store/store.ts';
import { createApplicationAutoScaling } from '../../applicationautoscaling/index.ts';
import { createCloudWatch } from '../../cloudwatch/index.ts';
import { createEc2 } from '../../ec2/index.ts';
import { createEcs } from '../../ecs/index.ts';
import { createEcr } from '../../ecr/index.ts';
import { memoryRepositories } from '../../ecr/testing/repositories.ts';
import { createEventBridge } from '../../eventbridge/index.ts';
import { createSsm } from '../../ssm/index.ts';
import { createEfs } from '../../efs/index.ts';
import { createElbv2 } from '../../elbv2/index.ts';
import { createIam } from '../../iam/index.ts';
import { createLogs } from '../../logs/index.ts';
import { createS3 } from '../../s3/index.ts';
import { createSecretsManager } from '../../secretsmanager/index.ts';
import { createServiceDiscovery } from '../../servicediscovery/index.ts';
import { waitUntil } from '../engine/wait.ts';
import { createCloudFormation } from '../index.ts';
import { resourceTypes } from '../types/index.ts';
import type { AnyResourceType } from '../types/resource-type.ts';

/** Thrown in place of a process that is killed. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** Called before and after each write of CloudFormation and each of its calls; what it throws ends the instance. */
export type Fault = (place: string) => void;

export interface Instance {
  readonly handlers: ReturnType<typeof createCloudFormation>['handlers'];
  readonly api: Apis['cloudformation'];
  /** Resolves when the stack has no operation any more, or the instance was killed. Gives the stack's status. */
  settled(stackName: string): Promise<string | undefined>;
  readonly killed: () => boolean;
  stop(): Promise<void>;
}

/** What the stand-in for the ECS scheduler says of a service: by the image it runs. */
export type Rollout = (image: string) => 'COMPLETED' | 'FAILED' | 'IN_PROGRESS';

/**
 * The services of a region over one store in memory, without data plane: services are steady and load balancers active at once.
 * CloudFormation itself is opened (and killed, and opened again) over them by `open`.
 */
export function createWorld(clock: Clock = systemClock, from?: Snapshot) {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'fairway-cloudformation-'));
  const tables = new Map<string, Table<object>>();
  const plain = openStore();
  const store: Store = {
    ...plain,
    table(name, options) {
      const table = plain.table(name, options);
      tables.set(name, table as unknown as Table<object>);
      return table as never;
    },
  };
  for (const [name, records] of from ?? [])
    for (const [id, record] of records) store.table(name).put(id, record);
  const logged: string[] = [];
  const late: { api?: Apis } = {};
  const base = {
    identity: {
      accountId: '123456789012',
      region: 'eu-central-1',
      partition: 'aws',
      urlSuffix: 'amazonaws.com',
      stateDirectory,
    } as const,
    clock,
    pace: 'aws' as const,
    endpoint: () => 'http://127.0.0.1:4566',
    store,
    log: (message: string) => void logged.push(message),
    plane: { network: { settled: async () => {}, denials: async () => [] }, runtime: {} },
  };
  const internal: Record<string, unknown> = {};
  const region = {
    ...base,
    internal,
    get api() {
      return late.api!;
    },
  } as unknown as Region;
  const repositories = memoryRepositories(() => region.clock.now());
  const ec2 = createEc2(region);
  const ecs = createEcs(region);
  const elbv2 = createElbv2(region, { balancerProgram: '', nodePath: '' });
  internal['ec2'] = ec2.internal;
  const knobs: { rollout: Rollout } = { rollout: () => 'COMPLETED' };
  const handlers = {
    applicationautoscaling: createApplicationAutoScaling(region).handlers,
    cloudwatch: createCloudWatch(region).handlers,
    ec2: ec2.handlers,
    ecs: { ...ecs.handlers, DescribeServices: steadyServices(ecs.handlers, store, () => knobs.rollout)! },
    ecr: createEcr(region, { repositories: () => repositories }).handlers,
    efs: createEfs(region).handlers,
    eventbridge: createEventBridge(region).handlers,
    elbv2: { ...elbv2.handlers, DescribeLoadBalancers: activeLoadBalancers(elbv2.handlers)! },
    iam: createIam(region).handlers,
    logs: createLogs(region).handlers,
    s3: createS3(region).handlers,
    secretsmanager: createSecretsManager(region).handlers,
    servicediscovery: createServiceDiscovery(region).handlers,
    ssm: createSsm(region).handlers,
  };
  late.api = createApis(handlers, base.identity);
  ec2.start?.();

  return {
    region,
    handlers,
    knobs,
    logged,
    api: late.api,
    tables,
    /** All that is written, for other worlds to begin with: records are never changed in place. */
    snapshot: (): Snapshot =>
      new Map(
        [...tables].map(([name, table]) => [
          name,
          [...table.keys()].map((id): [string, object] => [id, table.get(id)!]),
        ]),
      ),
    /** Every record of every service, without what is drawn at random: what is orphaned, made twice or not put back shows. */
    census(): Record<string, string[]> {
      const ignored =
        /^cloudformation\/|token|operations|families|service-events|service-deployments|service-revisions|cloudwatch\/history|^ecs\/tags|numbers/;
      return Object.fromEntries(
        [...tables]
          .filter(([name]) => !ignored.test(name))
          .map(([name, table]): [string, string[]] => [name, alive(name, table).map(steadyText).sort()])
          .filter(([, records]) => records.length > 0)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    },
    async open(
      fault: Fault = () => {},
      types: ReadonlyMap<string, AnyResourceType> = resourceTypes,
    ): Promise<Instance> {
      let killed = false;
      const guard = (place: string): void => {
        if (killed) throw new Killed(place);
        try {
          fault(place);
        } catch (error) {
          killed = true;
          throw error;
        }
      };
      const own = { ...base, store: faultyStore(store, guard), internal, api: faultyApis(late.api!, guard) };
      const service = createCloudFormation(own as unknown as Region, types);
      const api = createApis({ cloudformation: service.handlers }, base.identity).cloudformation;
      internal['cloudformation'] = service.internal;
      await service.start?.();
      return {
        api,
        handlers: service.handlers,
        killed: () => killed,
        settled: (name) =>
          waitUntil({ store, clock }, ['cloudformation/'], new AbortController().signal, async () => {
            if (killed) return 'killed';
            const stack = [
              ...store
                .table<{ name: string; status: string; operation?: { stalled?: boolean } }>(
                  'cloudformation/stacks',
                )
                .values(),
            ].findLast((record) => record.name === name);
            return stack?.operation && !stack.operation.stalled ? undefined : (stack?.status ?? 'none');
          }),
        stop: async () => service.stop?.(),
      };
    },
    async close() {
      await ec2.stop?.();
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}
/** Table → its records. */
export type Snapshot = ReadonlyMap<string, readonly (readonly [string, object])[]>;
export type World = ReturnType<typeof createWorld>;

/** Roles of services stay once they are made, as on AWS. Revisions that were deregistered, services that are gone and gateways that were deleted stay in sight for a while, as on AWS. */
function alive(name: string, table: Table<object>): object[] {
  const dead = ['INACTIVE', 'DRAINING', 'deleted', 'deleting'];
  const records = [...table.values()].filter(
    (record) => !('path' in record && String(record.path).startsWith('/aws-service-role/')),
  );
  if (!/^(ecs\/(services|clusters|task-definitions)|ec2\/nat-gateways)/.test(name)) return records;
  return records.filter((record) => {
    const { status, state } = record as { status?: string; state?: string };
    return !dead.includes(status ?? state ?? '');
  });
}

/** Ids, times, addresses, tokens, revisions and passwords drawn at random are not what matters. */
function steadyText(record: object): string {
  return JSON.stringify(record, (key, value: unknown) =>
    // What the scheduler has said already.
    key === 'told' || key === 'steady'
      ? undefined
      : /(At|Date|time|Token|token|RequestId|operationId|address|Address|deployments|revision|since|version|versions|defaultVersionId|nextVersion|index|mac|dnsName|number)$/i.test(
            key,
          )
        ? '*'
        : value,
  )
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '*')
    .replaceAll(/\b([a-z]+)-[0-9a-z]{8,32}\b/g, '$1-*')
    .replaceAll(/-[A-Za-z0-9]{12}(?![A-Za-z0-9])/g, '-*')
    .replaceAll(/\b[0-9a-f]{16,32}\b/g, '*')
    .replaceAll(/\b[A-Z0-9]{14,32}\b/g, '*')
    .replaceAll(/-[A-Za-z0-9]{6}(?=["\\])/g, '-*')
    .replaceAll(/jobs-[0-9]+\./g, 'jobs-*.')
    .replaceAll(/:\d+"/g, ':*"');
}

function steadyServices(
  handlers: ReturnType<typeof createEcs>['handlers'],
  store: Store,
  rollout: () => Rollout,
): (typeof handlers)['DescribeServices'] {
  return async (input, context) => {
    const table = store.table<{ status: string }>('ecs/services');
    for (const [id, { status }] of [...table.keys()].map((key) => [key, table.get(key)!] as const))
      if (status === 'DRAINING') table.patch(id, { status: 'INACTIVE' });
    const answer = await handlers.DescribeServices!(input, context);
    const definitions = store.table<{ containerDefinitions?: { image?: string }[] }>('ecs/task-definitions');
    const imageOf = (arn = ''): string => JSON.stringify(definitions.get(arn) ?? {});
    return {
      ...answer,
      services: answer.services?.map((service) => {
        if (service.status !== 'ACTIVE') return service;
        const [newest] = service.deployments ?? [];
        return {
          ...service,
          runningCount: service.desiredCount,
          deployments: [
            {
              ...newest,
              rolloutState: rollout()(imageOf(newest?.taskDefinition)),
              runningCount: service.desiredCount,
            },
          ],
        };
      }),
    };
  };
}

function activeLoadBalancers(
  handlers: ReturnType<typeof createElbv2>['handlers'],
): (typeof handlers)['DescribeLoadBalancers'] {
  return async (input, context) => {
    const answer = await handlers.DescribeLoadBalancers!(input, context);
    return {
      ...answer,
      LoadBalancers: answer.LoadBalancers?.map((balancer) => ({ ...balancer, State: { Code: 'active' } })),
    };
  };
}

function faultyStore(store: Store, guard: Fault): Store {
  return {
    ...store,
    table<T extends object>(name: string, options?: { readonly volatile?: boolean }): Table<T> {
      const table = store.table<T>(name, options);
      const around =
        <A extends unknown[], R>(verb: string, work: (...given: A) => R) =>
        (...given: A): R => {
          guard(`before ${verb} ${name}`);
          const result = work(...given);
          guard(`after ${verb} ${name}`);
          return result;
        };
      return {
        get size() {
          return table.size;
        },
        get: table.get,
        has: table.has,
        values: table.values,
        keys: table.keys,
        put: around('put', table.put),
        patch: around('patch', table.patch),
        delete: around('delete', table.delete),
      };
    },
  };
}

function faultyApis(apis: Apis, guard: Fault): Apis {
  const wrap = (service: object, name: string): object =>
    new Proxy(service, {
      get(target, operation) {
        const call = Reflect.get(target, operation) as (input: unknown) => Promise<unknown>;
        return async (input: unknown) => {
          guard(`before ${name}.${String(operation)}`);
          const answer = await call(input);
          guard(`after ${name}.${String(operation)}`);
          return answer;
        };
      },
    });
  return new Proxy(apis, {
    get: (target, name) => wrap(Reflect.get(target, name) as object, String(name)),
  });
}
