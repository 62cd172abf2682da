import type { Region } from '../../../region.ts';
import { ResourceFailure } from '../engine/failure.ts';
import { tagChanges } from './changes.ts';
import type { Context, Existing } from './resource-type.ts';

/** Waits for an operation and gives what it made. https://docs.aws.amazon.com/cloud-map/latest/api/API_GetOperation.html */
export async function finished<P>(
  { region, wait }: Pick<Context<P>, 'region' | 'wait'>,
  OperationId: string | undefined,
): Promise<Readonly<Record<string, string>>> {
  return wait(['servicediscovery'], async () => {
    const { Operation } = await region.api.servicediscovery.GetOperation({ OperationId });
    if (Operation?.Status === 'FAIL')
      throw new ResourceFailure(
        Operation.ErrorMessage ?? Operation.ErrorCode ?? 'operation failed',
        'NotStabilized',
      );
    return Operation?.Status === 'SUCCESS'
      ? ((Operation.Targets ?? {}) as Record<string, string>)
      : undefined;
  });
}

export async function syncTags<P>(existing: Existing<P>, ResourceARN: string): Promise<void> {
  const { put, remove } = tagChanges(existing);
  const { servicediscovery }: Region['api'] = existing.region.api;
  if (put.length > 0) await servicediscovery.TagResource({ ResourceARN, Tags: [...put] });
  if (remove.length > 0) await servicediscovery.UntagResource({ ResourceARN, TagKeys: [...remove] });
}
