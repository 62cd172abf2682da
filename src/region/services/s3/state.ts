import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';
import type { Blobs } from './blobs.ts';
import type { Checksums, ChecksumType } from './checksum.ts';
import { noSuchBucket, noSuchKey } from './errors.ts';

export interface BucketRecord {
  readonly name: string;
  readonly createdAt: Date;
}
/** What a client says of an object and gets back with it. */
export interface ObjectHeaders {
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly ContentType?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}
export interface ObjectRecord {
  readonly bucket: string;
  readonly key: string;
  readonly blob: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  readonly modifiedAt: Date;
  readonly headers: ObjectHeaders;
  readonly checksums: Checksums;
  readonly checksumType: ChecksumType;
  /** Of an object uploaded in parts. */
  readonly partsCount?: number | undefined;
}
export interface PartRecord {
  readonly blob: string;
  readonly size: number;
  readonly etag: string;
  readonly modifiedAt: Date;
  readonly checksums: Checksums;
}
export interface UploadRecord {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedAt: Date;
  readonly headers: ObjectHeaders;
  readonly checksumAlgorithm?: string | undefined;
  readonly checksumType: ChecksumType;
  readonly parts: Readonly<Record<string, PartRecord>>;
}
export interface S3State {
  readonly region: Region;
  readonly blobs: Blobs;
  readonly buckets: Table<BucketRecord>;
  readonly uploads: Table<UploadRecord>;
  now(): Date;
  bucket(name: string | undefined): BucketRecord;
  find(bucket: string, key: string): ObjectRecord | undefined;
  object(bucket: string | undefined, key: string | undefined): ObjectRecord;
  objectsIn(bucket: string): Iterable<ObjectRecord>;
  isEmpty(bucket: string): boolean;
  /** Replaces what the key held; the old contents go once nobody can find them. */
  put(object: ObjectRecord): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  sweep(): Promise<void>;
}

export function createState(region: Region, blobs: Blobs): S3State {
  const buckets = region.store.table<BucketRecord>('s3/buckets');
  const objects = region.store.table<ObjectRecord>('s3/objects');
  const uploads = region.store.table<UploadRecord>('s3/uploads');
  const byBucket = new Map<string, Map<string, ObjectRecord>>();
  for (const object of objects.values()) index(object);

  function index(object: ObjectRecord): void {
    const of = byBucket.get(object.bucket) ?? new Map<string, ObjectRecord>();
    of.set(object.key, object);
    byBucket.set(object.bucket, of);
  }
  // Bucket names hold no slash, so that no two places share an id.
  const place = (bucket: string, key: string) => `${bucket}/${key}`;
  const find = (bucket: string, key: string) => byBucket.get(bucket)?.get(key);
  const existing = (name = '') => {
    const record = buckets.get(name);
    if (!record) throw noSuchBucket(name);
    return record;
  };

  return {
    region,
    blobs,
    buckets,
    uploads,
    now: () => new Date(region.clock.now()),
    bucket: existing,
    find,
    object(bucket, key = '') {
      const object = find(existing(bucket).name, key);
      if (!object) throw noSuchKey(key);
      return object;
    },
    objectsIn: (bucket) => byBucket.get(bucket)?.values() ?? [],
    isEmpty: (bucket) => (byBucket.get(bucket)?.size ?? 0) === 0,
    async put(object) {
      const before = find(object.bucket, object.key);
      objects.put(place(object.bucket, object.key), object);
      index(object);
      if (before && before.blob !== object.blob) await blobs.remove(before.blob);
    },
    async remove(bucket, key) {
      const object = find(bucket, key);
      if (!object) return;
      objects.delete(place(bucket, key));
      byBucket.get(bucket)?.delete(key);
      await blobs.remove(object.blob);
    },
    async sweep() {
      const parts = [...uploads.values()].flatMap((upload) => Object.values(upload.parts));
      await blobs.sweep(new Set([...objects.values(), ...parts].map(({ blob }) => blob)));
    },
  };
}
