import type { Layer, LayerFailure } from '@aws-sdk/client-ecr';
import { Readable } from 'node:stream';
import { isDigest } from '../../../oci/digest.ts';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { operation, uploadNotFound } from './errors.ts';
import type { EcrState } from './state.ts';
import { completeUpload } from './complete-upload.ts';

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_InitiateLayerUpload.html (partSize) */
const PART_SIZE = 10 * 1024 * 1024;

export function layerHandlers(state: EcrState): Handlers<typeof import('@aws-sdk/client-ecr')> {
  const { registryId } = state;
  const upload = (name: string, id = '') => {
    const found = state.uploads.find(name, id);
    if (!found) throw uploadNotFound(id, name, registryId);
    return found;
  };
  return {
    BatchCheckLayerAvailability: operation(
      ['registryId', 'repositoryName', 'layerDigests'],
      async ({ registryId: id, repositoryName, layerDigests = [] }) => {
        state.checkRegistry(id);
        const { name } = await state.repository(repositoryName);
        const layers: Layer[] = [];
        const failures: LayerFailure[] = [];
        for (const layerDigest of layerDigests) {
          if (!isDigest(layerDigest)) {
            failures.push({
              layerDigest,
              failureCode: 'InvalidLayerDigest',
              failureReason: 'Layer digest is not valid',
            });
            continue;
          }
          const found = await state.images(name).blob(layerDigest);
          layers.push(
            found
              ? {
                  layerDigest,
                  layerAvailability: 'AVAILABLE',
                  layerSize: found.size,
                  mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
                }
              : { layerDigest, layerAvailability: 'UNAVAILABLE' },
          );
        }
        return { layers, failures };
      },
    ),
    GetDownloadUrlForLayer: async ({ registryId: id, repositoryName, layerDigest = '' }, { host }) => {
      state.checkRegistry(id);
      const { name } = await state.repository(repositoryName);
      if (!isDigest(layerDigest) || !(await state.images(name).hasBlob(layerDigest)))
        throw new ApiError(
          'LayersNotFoundException',
          `Layers with digests '[${layerDigest}]' could not be found in the repository with name '${name}' in the registry with id '${registryId}'`,
          400,
        );
      return { downloadUrl: `http://${host}/v2/${name}/blobs/${layerDigest}`, layerDigest };
    },
    InitiateLayerUpload: operation(['registryId', 'repositoryName'], async (input) => {
      state.checkRegistry(input.registryId);
      const { name } = await state.repository(input.repositoryName);
      return { uploadId: (await state.uploads.begin(name)).id, partSize: PART_SIZE };
    }),
    UploadLayerPart: operation(
      ['registryId', 'repositoryName', 'uploadId', 'partFirstByte', 'partLastByte', 'layerPartBlob'],
      async ({ registryId: id, repositoryName, uploadId, partFirstByte, partLastByte, layerPartBlob }) => {
        state.checkRegistry(id);
        const { name } = await state.repository(repositoryName);
        const begun = upload(name, uploadId);
        const part = layerPartBlob ?? new Uint8Array();
        const expected = begun.size();
        if (partFirstByte !== expected || partLastByte !== expected + part.length - 1)
          throw new ApiError(
            'InvalidLayerPartException',
            `The layer part from byte ${partFirstByte} to ${partLastByte} (${part.length} bytes) does not follow the ${expected} bytes that were received`,
            400,
            { registryId, repositoryName: name, uploadId, lastValidByteReceived: expected - 1 },
          );
        await begun.append(Readable.from([part]));
        return { registryId, repositoryName: name, uploadId, lastByteReceived: partLastByte };
      },
    ),
    CompleteLayerUpload: operation(
      ['registryId', 'repositoryName', 'uploadId', 'layerDigests'],
      async ({ registryId: id, repositoryName, uploadId, layerDigests = [] }) => {
        state.checkRegistry(id);
        const { name } = await state.repository(repositoryName);
        const begun = upload(name, uploadId);
        const [layerDigest = ''] = layerDigests;
        if (begun.size() === 0)
          throw new ApiError(
            'EmptyUploadException',
            `The upload with id '${begun.id}' does not contain any layer parts`,
            400,
          );
        if (isDigest(layerDigest) && (await state.images(name).hasBlob(layerDigest))) {
          await begun.end();
          throw new ApiError(
            'LayerAlreadyExistsException',
            `The layer with digest '${layerDigest}' already exists in the repository with name '${name}' in registry with id '${registryId}'`,
            400,
          );
        }
        await completeUpload(state, name, begun, layerDigest);
        return { registryId, repositoryName: name, uploadId, layerDigest };
      },
    ),
  };
}
