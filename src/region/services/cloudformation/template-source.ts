import type { Region } from '../../region.ts';
import { orMissing } from './engine/failure.ts';
import { validationError } from './errors.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const inlineLimit = 51_200;
const objectLimit = 1_048_576;

export interface TemplateSource {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
}

/** The text of a template that is given in the call or lies in a bucket; undefined where neither is given. */
export async function templateText(
  region: Pick<Region, 'api' | 'identity'>,
  { TemplateBody, TemplateURL }: TemplateSource,
): Promise<string | undefined> {
  if (TemplateBody !== undefined && TemplateURL !== undefined)
    throw validationError('You cannot specify both a template URL and a template body.');
  if (TemplateBody !== undefined) {
    if (Buffer.byteLength(TemplateBody) > inlineLimit || TemplateBody.length === 0)
      throw validationError(
        `1 validation error detected: Value '${TemplateBody.slice(0, 200)}' at 'templateBody' failed to satisfy constraint: Member must have length ${TemplateBody.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${inlineLimit}`}`,
      );
    return TemplateBody;
  }
  if (TemplateURL === undefined) return undefined;
  const place = objectOf(TemplateURL);
  if (!place) throw validationError('TemplateURL must be a supported URL.');
  const object = await orMissing(region.api.s3.GetObject({ Bucket: place.bucket, Key: place.key }));
  if (!object)
    throw validationError(
      `S3 error: The specified key does not exist. (bucket ${place.bucket}, key ${place.key})`,
    );
  const text = await textOf(object.Body);
  if (Buffer.byteLength(text) > objectLimit)
    throw validationError(`Template may not exceed ${objectLimit} bytes in size.`);
  return text;
}

/**
 * Bucket and key of an object's address, in path or virtual-host style, on S3 or on this region's own endpoint.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function objectOf(address: string): { readonly bucket: string; readonly key: string } | undefined {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  const path = decoded(url.pathname.slice(1));
  const virtual = /^(.+)\.s3[.-][^/]*$/.exec(url.hostname)?.[1];
  if (virtual !== undefined) return path === '' ? undefined : { bucket: virtual, key: path };
  const isS3 = /^s3[.-].*amazonaws\.com(\.cn)?$/.test(url.hostname);
  const isOurs = /^(127\.0\.0\.1|localhost|\[::1\]|s3\..*)$/.test(url.hostname);
  const slash = path.indexOf('/');
  if (!(isS3 || isOurs) || slash < 1 || slash === path.length - 1) return undefined;
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

async function textOf(body: Awaited<ReturnType<Region['api']['s3']['GetObject']>>['Body']): Promise<string> {
  if (body === undefined) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
