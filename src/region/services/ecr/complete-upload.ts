import type { Readable } from 'node:stream';
import { isDigest } from '../../../oci/digest.ts';
import { ApiError } from '../../gateway/api-error.ts';
import type { EcrState } from './state.ts';
import type { Upload } from './uploads.ts';

/** Makes what was uploaded a layer of the repository, if it is what its digest says; ends the upload either way. */
export async function completeUpload(
  state: EcrState,
  repository: string,
  upload: Upload,
  digest: string,
): Promise<void> {
  try {
    await takeLayer(state, repository, digest, upload.size(), upload.read());
  } finally {
    await upload.end();
  }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html (InvalidLayerException) */
export async function takeLayer(
  state: EcrState,
  repository: string,
  digest: string,
  size: number,
  content: Readable,
): Promise<void> {
  const invalid = (reason: string) => {
    content.destroy();
    return new ApiError('InvalidLayerException', `The layer ${digest} of ${repository}: ${reason}`, 400);
  };
  if (!isDigest(digest)) throw invalid('the digest is not of the form sha256:…');
  try {
    await state.images(repository).putBlob({ mediaType: 'application/octet-stream', digest, size }, content);
  } catch (error) {
    if (error instanceof Error && error.name === 'DigestMismatch') throw invalid(error.message);
    throw error;
  }
}
