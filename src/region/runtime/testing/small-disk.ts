import { openImageStore } from '../images/store.ts';
import { pullImage } from '../images/pull.ts';
import { madeImage, madeLayer, madeSource } from './made-images.ts';

/** `small-disk STORE KIND`: pulls into a store on a disk that is too small, then something small; prints what came of it. */
const [directory = '', kind] = process.argv.slice(2);
const store = openImageStore(directory);
const large = kind === 'download' ? incompressible(8 << 20) : Buffer.alloc(64 << 20, 'x');
const image = madeImage([await madeLayer([{ name: 'large', content: large }])]);
const small = madeImage([await madeLayer([{ name: 'small', content: 'fits' }])]);
const source = madeSource({ large: image, small });
const attempt = (name: string) =>
  pullImage(store, source, { reference: `example/${name}`, name, onTransfer: () => {} }).catch(
    (error: Error) => ({
      code: (error as { code?: string }).code,
      message: error.message,
    }),
  );
const first = await attempt('large');
const second = await attempt('small');
console.log(
  JSON.stringify({
    first,
    second,
    layers: await store.layerNames(),
    blobs: (await store.blobs.list()).length,
  }),
);

function incompressible(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at++)
    bytes[at] = (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) >> 16;
  return bytes;
}
