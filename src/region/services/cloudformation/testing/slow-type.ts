import { sleep, type Clock } from '../../../../common/clock.ts';
import { ResourceFailure } from '../engine/failure.ts';
import { resourceType, type AnyResourceType, type Context } from '../types/resource-type.ts';

interface Properties {
  readonly RetentionInDays?: number;
  readonly LogGroupName?: string;
}

/** How a slow resource behaves: by logical id. */
export interface Slowness {
  /** Seconds until it is ready. */
  readonly [logicalId: string]: number | 'fails' | 'update fails' | 'never';
}

/**
 * A type whose resources take as long as a test says and exist in a set, so that the engine's order and time show under a clock
 * moved by hand. It stands in for log groups, of which it has the schema.
 */
export function slowTypes(clock: Clock, how: () => Slowness) {
  const alive = new Map<string, Properties>();
  /** What was asked to go in vain. */
  const refused: string[] = [];
  const settle = async ({ logicalId, signal }: Context<Properties>, updating: boolean): Promise<void> => {
    const behaviour = how()[logicalId] ?? 1;
    const failing = behaviour === 'fails' || (updating && behaviour === 'update fails');
    const seconds = typeof behaviour === 'number' ? behaviour : behaviour === 'never' ? 1e6 : 1;
    const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await Promise.race([sleep(clock, seconds * 1000), ended]);
    if (failing && !signal.aborted) throw new ResourceFailure('it broke', 'GeneralServiceException');
  };
  const type = resourceType<Properties>({
    type: 'AWS::Logs::LogGroup',
    properties: ['RetentionInDays', 'LogGroupName'],
    naming: { property: 'LogGroupName', limit: 512 },
    async create({ name, properties }) {
      alive.set(name, properties);
      return name;
    },
    find: async ({ name }) => (alive.has(name) ? name : undefined),
    async sync({ physicalId, properties }) {
      alive.set(physicalId, properties);
    },
    async settle(existing) {
      await settle(existing, existing.before !== undefined);
      await existing.wait([], async () => true);
    },
    read: async ({ physicalId }) => ({ Arn: `arn:${physicalId}` }),
    async delete({ physicalId, logicalId }) {
      if (how()[`${logicalId} deleted`] === 'fails') {
        refused.push(physicalId);
        throw new ResourceFailure('it is held', 'GeneralServiceException');
      }
      await sleep(clock, 1000);
      alive.delete(physicalId);
    },
  });
  const types: ReadonlyMap<string, AnyResourceType> = new Map([[type.type, type]]);
  return { types, alive, refused };
}
