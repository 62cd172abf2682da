import { OperationError } from '../common/problem.ts';
import { connectRegion, findRegion, type Connection, type Wanted } from '../region/process/connect.ts';
import { pathsOf } from '../region/process/paths.ts';
import type { Invocation } from './command.ts';
import { programs } from './programs.ts';

/** The local region, started where it does not run; rejects where it runs otherwise than wanted. */
export function startLocal({ env }: Pick<Invocation, 'env'>, wanted?: Wanted): Promise<Connection> {
  return connectRegion(pathsOf(env), programs, wanted);
}

/** The local region where it runs or has something to run again; undefined where there is nothing. */
export function findLocal({ env }: Pick<Invocation, 'env'>): Promise<Connection | undefined> {
  return findRegion(pathsOf(env));
}

/** The local region, which must run. */
export async function requireLocal(invocation: Pick<Invocation, 'env'>): Promise<Connection> {
  const found = await findLocal(invocation);
  if (found) return found;
  throw new OperationError({
    code: 'no-region',
    message: 'nothing runs here: there is no local region',
    fix: 'start a project first: fairway up',
  });
}
