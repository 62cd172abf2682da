import type {
  DnsConfig,
  HealthCheckCustomConfig,
  OperationStatus,
  OperationTargetType,
  OperationType,
} from '@aws-sdk/client-servicediscovery';
import { randomInt } from 'node:crypto';
import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';

export interface NamespaceRecord {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly vpcId: string;
  readonly hostedZoneId: string;
  readonly soaTtl: number;
  readonly description?: string | undefined;
  readonly creatorRequestId: string;
  readonly operationId: string;
  readonly createdAt: Date;
}
export interface ServiceRecord {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly namespaceId: string;
  readonly type: 'DNS' | 'DNS_HTTP' | 'HTTP';
  readonly description?: string | undefined;
  readonly dns?: DnsConfig | undefined;
  readonly customHealth?: HealthCheckCustomConfig | undefined;
  readonly creatorRequestId: string;
  readonly createdAt: Date;
  /** Grows with registrations, not with health. */
  readonly revision: number;
}
export interface InstanceRecord {
  readonly id: string;
  readonly serviceId: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly healthy: boolean;
  readonly creatorRequestId?: string | undefined;
}
export interface OperationRecord {
  readonly id: string;
  readonly type: OperationType;
  readonly status: OperationStatus;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly targets: Readonly<Partial<Record<OperationTargetType, string>>>;
  readonly at: Date;
}

export interface Tables {
  readonly namespaces: Table<NamespaceRecord>;
  readonly services: Table<ServiceRecord>;
  /** By `serviceId/instanceId`. */
  readonly instances: Table<InstanceRecord>;
  readonly operations: Table<OperationRecord>;
  /** By ARN. */
  readonly tags: Table<Record<string, string>>;
}

/** What every operation of the service works on. */
export interface Context {
  readonly region: Region;
  readonly tables: Tables;
  readonly now: () => Date;
  /** Grows with every write that may change what names stand for. */
  readonly revision: () => number;
  readonly arn: (kind: 'namespace' | 'service', id: string) => string;
}

export function createContext(region: Region): Context {
  const { store, clock, identity } = region;
  let revision = 0;
  const counted = <T extends object>(name: string): Table<T> =>
    onWrite(store.table<T>(name), () => revision++);
  return {
    region,
    revision: () => revision,
    tables: {
      namespaces: counted('servicediscovery/namespaces'),
      services: counted('servicediscovery/services'),
      instances: counted('servicediscovery/instances'),
      operations: store.table('servicediscovery/operations'),
      tags: store.table('servicediscovery/tags'),
    },
    now: () => new Date(clock.now()),
    arn: (kind, id) =>
      `arn:${identity.partition}:servicediscovery:${identity.region}:${identity.accountId}:${kind}/${id}`,
  };
}

/** A watch of the store tells of writes a moment later than they are visible; this tells at once. */
function onWrite<T extends object>(table: Table<T>, written: () => void): Table<T> {
  const telling =
    <A extends unknown[], R>(write: (...args: A) => R) =>
    (...args: A): R => {
      written();
      return write(...args);
    };
  return Object.create(table, {
    put: { value: telling(table.put) },
    patch: { value: telling(table.patch) },
    delete: { value: telling(table.delete) },
  }) as Table<T>;
}

const lower = 'abcdefghijklmnopqrstuvwxyz234567';
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Ids as Cloud Map draws them: `ns-` and `srv-` with 16 letters and digits. */
export function drawId(prefix: string, length = 16, alphabet = lower): string {
  return prefix + Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

export const drawHostedZoneId = (): string => drawId('Z', 20, upper);

/** A request token for callers that gave none, so that each call stands for itself. */
export const drawToken = (): string => drawId('', 32);
