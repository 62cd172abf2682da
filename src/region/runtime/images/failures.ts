import { OperationError } from '../../../common/problem.ts';
import { DigestMismatch } from '../../../oci/digest.ts';
import { imageAdvice } from '../standins/catalog.ts';
import { isFull } from './blobs.ts';
import { LayerFailure } from './layer/worker.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html */
export function notFound(
  reference: string,
  reason: string,
  fix: string = imageAdvice,
  cause?: unknown,
): OperationError {
  return new OperationError(
    {
      code: 'image-not-found',
      message: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reason}`,
      fix,
    },
    cause === undefined ? {} : { cause },
  );
}

/** What goes wrong with one layer on its way, in containerd's words, which a stopped task shows on AWS. */
export function layerFailure(reference: string, layer: string, error: unknown): OperationError {
  const pull = (code: string, reason: string, fix: string) =>
    new OperationError(
      { code, message: `CannotPullContainerError: ${reference}: ${reason}`, fix },
      { cause: error },
    );
  if (isFull(error) || (error instanceof LayerFailure && error.reason === 'full'))
    return pull(
      'disk-full',
      `failed to extract layer ${layer}: no space left on device`,
      'make room (fairway images --prune frees what nothing uses), then try again',
    );
  if (error instanceof DigestMismatch)
    return pull(
      'image-content',
      error.message,
      'what the registry sent is not what its manifest says: try again, or push the image again',
    );
  if (error instanceof LayerFailure && error.reason === 'content')
    return pull(
      'image-layer-broken',
      `failed to extract layer ${layer}: ${error.message}`,
      'the image itself is at fault: build and push it again',
    );
  const text = error instanceof Error ? error.message : String(error);
  const fix = error instanceof OperationError ? error.fix : undefined;
  return pull(
    error instanceof OperationError ? error.code : 'image-pull',
    text.replace(/^CannotPullContainerError: /, ''),
    fix ?? 'try again: layers that came whole are kept',
  );
}
