import type * as sdk from '@aws-sdk/client-servicediscovery';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { page } from './page.ts';
import { drawId, type Context, type OperationRecord } from './state.ts';

type Sdk = typeof sdk;
const kept = 200;

/**
 * Records what an asynchronous call did. The work itself is done before the call returns, so that a poll finds the end at once.
 * https://docs.aws.amazon.com/cloud-map/latest/api/API_GetOperation.html
 */
export function record(
  { tables, now }: Context,
  operation: Omit<OperationRecord, 'id' | 'at' | 'status'> & { readonly status?: OperationRecord['status'] },
): string {
  const id = drawId('', 32) + drawId('-', 8);
  tables.operations.put(id, { status: 'SUCCESS', ...operation, id, at: now() });
  if (tables.operations.size > kept)
    for (const old of tables.operations.keys()) {
      tables.operations.delete(old);
      break;
    }
  return id;
}

export function operationHandlers({ region, tables }: Context): Handlers<Sdk> {
  const view = ({
    id,
    type,
    status,
    errorCode,
    errorMessage,
    targets,
    at,
  }: OperationRecord): sdk.Operation => ({
    Id: id,
    OwnerAccount: region.identity.accountId,
    Type: type,
    Status: status,
    ErrorCode: errorCode,
    ErrorMessage: errorMessage,
    Targets: { ...targets },
    CreateDate: at,
    UpdateDate: at,
  });
  return {
    GetOperation({ OperationId }) {
      const operation = tables.operations.get(OperationId ?? '');
      if (!operation) throw new ApiError('OperationNotFound', `No operation with id ${OperationId} exists.`);
      return { Operation: view(operation) };
    },
    ListOperations({ Filters = [], MaxResults, NextToken }) {
      const matching = [...tables.operations.values()].filter((operation) =>
        Filters.every((filter) => matches(operation, filter)),
      );
      const { items, next } = page(matching, MaxResults ?? 100, NextToken);
      return { Operations: items.map(({ id, status }) => ({ Id: id, Status: status })), NextToken: next };
    },
  };
}

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_OperationFilter.html */
function matches(operation: OperationRecord, { Name, Values = [], Condition }: sdk.OperationFilter): boolean {
  if (Name === 'UPDATE_DATE') {
    if (Condition !== 'BETWEEN' || Values.length !== 2)
      throw new ApiError('InvalidInput', 'UPDATE_DATE takes BETWEEN and two dates in Unix time.');
    const seconds = operation.at.getTime() / 1000;
    return Number(Values[0]) <= seconds && seconds <= Number(Values[1]);
  }
  const actual = {
    NAMESPACE_ID: operation.targets.NAMESPACE,
    SERVICE_ID: operation.targets.SERVICE,
    STATUS: operation.status,
    TYPE: operation.type,
  }[Name ?? 'STATUS'];
  return actual !== undefined && Values.includes(actual);
}
