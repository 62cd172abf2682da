import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ApiError } from '../../gateway/api-error.ts';
import { invalidArgument, notImplemented } from './errors.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export interface Checksums {
  readonly ChecksumCRC32?: string | undefined;
  readonly ChecksumCRC32C?: string | undefined;
  readonly ChecksumSHA1?: string | undefined;
  readonly ChecksumSHA256?: string | undefined;
}
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';
type Member = keyof Checksums;

const ALGORITHMS: Readonly<Record<string, Member>> = {
  CRC32: 'ChecksumCRC32',
  CRC32C: 'ChecksumCRC32C',
  SHA1: 'ChecksumSHA1',
  SHA256: 'ChecksumSHA256',
};
export const CHECKSUM_MEMBERS = Object.values(ALGORITHMS);

/** Checksums that clients compute by default and that are not computed here. */
const OTHERS = [
  'ChecksumCRC64NVME',
  'ChecksumMD5',
  'ChecksumSHA512',
  'ChecksumXXHASH3',
  'ChecksumXXHASH64',
  'ChecksumXXHASH128',
];

interface Claims extends Checksums {
  readonly ContentMD5?: string | undefined;
  readonly ChecksumAlgorithm?: string | undefined;
}

export function checksumMember(algorithm: string): Member {
  const member = Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : undefined;
  if (!member) throw notImplemented(`Checksum algorithm ${algorithm}`);
  return member;
}

/** Compares a body with what its sender says of it, and gives the checksums to keep. */
export function verify(body: Uint8Array, claims: Claims): Checksums {
  const { ContentMD5, ChecksumAlgorithm } = claims;
  if (ContentMD5 !== undefined && digest('md5', body) !== ContentMD5)
    throw new ApiError('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400);
  for (const other of OTHERS)
    if ((claims as Readonly<Record<string, unknown>>)[other] !== undefined) throw notImplemented(other);
  const claimed = CHECKSUM_MEMBERS.filter((member) => claims[member] !== undefined);
  if (claimed.length > 1) throw invalidArgument('Expecting a single x-amz-checksum- header');
  const member = claimed[0] ?? (ChecksumAlgorithm ? checksumMember(ChecksumAlgorithm) : undefined);
  if (!member) return {};
  const actual = checksum(member, body);
  if (claimed.length > 0 && claims[member] !== actual)
    throw new ApiError(
      'BadDigest',
      `The ${member.replace('Checksum', '')} you specified did not match the calculated checksum.`,
      400,
    );
  return { [member]: actual };
}

export function checksum(member: Member, body: Uint8Array): string {
  switch (member) {
    case 'ChecksumCRC32':
      return word(crc32(body));
    case 'ChecksumCRC32C':
      return word(crc32c(body));
    case 'ChecksumSHA1':
      return digest('sha1', body);
    case 'ChecksumSHA256':
      return digest('sha256', body);
  }
}

function digest(algorithm: string, body: Uint8Array): string {
  return createHash(algorithm).update(body).digest('base64');
}
function word(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes.toString('base64');
}

/** Castagnoli's polynomial, reflected: https://datatracker.ietf.org/doc/html/rfc3720#appendix-B.4 */
const CASTAGNOLI = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});
function crc32c(body: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of body) value = (CASTAGNOLI[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return ~value;
}
