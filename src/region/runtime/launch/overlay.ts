import { basename } from 'node:path';
import { OperationError } from '../../../common/problem.ts';

/** Mount options fit into one page with a final zero: https://man7.org/linux/man-pages/man2/mount.2.html */
const optionLimit = 4095;

/**
 * Options that stack `layers` (directories of the store, top first) with the folder of layers as working directory. userxattr lets an overlay in a user
 * namespace note what it must: https://docs.kernel.org/filesystems/overlayfs.html
 */
export function overlayOptions(
  layers: readonly string[],
  upper?: { readonly directory: string; readonly work: string },
): string {
  const names = layers.map((layer) => basename(layer));
  const options = [
    'userxattr',
    `lowerdir=${names.join(':')}`,
    ...(upper ? [`upperdir=${escape(upper.directory)}`, `workdir=${escape(upper.work)}`] : []),
  ].join(',');
  if (Buffer.byteLength(options) > optionLimit)
    throw new OperationError({
      code: 'image-too-many-layers',
      message: `the image has ${layers.length} layers, more than one mount can stack on this machine`,
      fix: 'join instructions of the Dockerfile: one RUN with && instead of several',
    });
  return options;
}

const escape = (path: string) => path.replaceAll('\\', '\\\\').replaceAll(',', '\\,').replaceAll(':', '\\:');
