import { header, type WireRequest } from './wire.ts';

/**
 * `photos.s3.localhost/a.jpg` and `photos.localhost/a.jpg` mean `/photos/a.jpg`:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function bucketHost(request: WireRequest): WireRequest {
  const host = (header(request.headers, 'host') ?? '').replace(/:\d+$/, '').toLowerCase();
  const bucket = /^(.+?)(?:\.s3(?:\.[a-z0-9-]+)?)?\.localhost$/.exec(host)?.[1];
  return !bucket || bucket === 's3' ? request : { ...request, path: `/${bucket}${request.path}` };
}
