import { written as inWords } from '../json.ts';
import type { Path } from '../path.ts';
import { intrinsicOf } from '../symbolic.ts';
import { isText, type Evaluation, type Intrinsic } from './types.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-cidr.html */
export const cidr: Intrinsic = (argument, path, evaluation) => {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 3)
    return evaluation.fail(path, 'Template error: Fn::Cidr requires [ipBlock, count, cidrBits]');
  const [block, count, bits = 8] = argument.map((item, index) => evaluation.evaluate(item, [...path, index]));
  if (intrinsicOf(block) || intrinsicOf(count) || intrinsicOf(bits))
    return { 'Fn::Cidr': [block, count, bits] };
  if (isText(block) && String(block).includes(':')) return ipv6(String(block), count, bits, path, evaluation);
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(isText(block) ? String(block) : '');
  const parts = match?.slice(1).map(Number) ?? [];
  const prefix = parts[4] ?? 33;
  if (!match || prefix > 32 || parts.slice(0, 4).some((octet) => octet > 255))
    return evaluation.fail(
      path,
      `Template error: Fn::Cidr requires a CIDR block, not ${JSON.stringify(block)}`,
    );
  const wanted = numberOf(count);
  const hostBits = numberOf(bits);
  if (!(wanted >= 1 && wanted <= 256 && Number.isInteger(wanted)))
    return evaluation.fail(
      path,
      `Template error: Fn::Cidr count must be 1 to 256, not ${JSON.stringify(count)}`,
    );
  if (!(Number.isInteger(hostBits) && hostBits >= 1 && hostBits <= 32))
    return evaluation.fail(
      path,
      `Template error: Fn::Cidr cidrBits must be 1 to 32, not ${JSON.stringify(bits)}`,
    );
  const size = 2 ** hostBits;
  const room = 2 ** (32 - prefix);
  if (size * wanted > room)
    return evaluation.fail(
      path,
      `Template error: Fn::Cidr cannot make ${wanted} blocks of /${32 - hostBits} within ${String(block)}`,
      `${Math.floor(room / size)} fit`,
    );
  const address = parts.slice(0, 4).reduce((sum, octet) => sum * 256 + octet, 0);
  const base = address - (address % room);
  return Array.from({ length: wanted }, (_, index) => `${dotted(base + index * size)}/${32 - hostBits}`);
};

/** cidrBits is the width of the host part here too: 64 gives blocks of /64. */
function ipv6(block: string, count: unknown, bits: unknown, path: Path, evaluation: Evaluation): unknown {
  const [address = '', prefix = ''] = block.split('/');
  const first = addressOf(address);
  const [width, wanted, hostBits] = [Number(prefix), numberOf(count), numberOf(bits)];
  if (first === undefined || !/^\d+$/.test(prefix) || width > 128)
    return evaluation.fail(
      path,
      `Template error: Fn::Cidr requires a CIDR block, not ${JSON.stringify(block)}`,
    );
  const fits = Number.isInteger(wanted) && wanted >= 1 && wanted <= 256;
  if (
    !fits ||
    !(hostBits >= 1 && hostBits <= 128) ||
    BigInt(wanted) << BigInt(hostBits) > 1n << BigInt(128 - width)
  )
    return evaluation.fail(
      path,
      `Template error: Fn::Cidr cannot make ${inWords(count)} blocks of /${128 - hostBits} within ${block}`,
    );
  const base = (first >> BigInt(128 - width)) << BigInt(128 - width);
  return Array.from(
    { length: wanted },
    (_, index) => `${written(base + (BigInt(index) << BigInt(hostBits)))}/${128 - hostBits}`,
  );
}

/** Of what is neither number nor text there is none. */
const numberOf = (value: unknown): number => (isText(value) ? Number(value) : NaN);

function addressOf(text: string): bigint | undefined {
  const [head = '', tail, ...more] = text.toLowerCase().split('::');
  const groups = (part: string | undefined): string[] =>
    part === undefined || part === '' ? [] : part.split(':');
  const [left, right] = [groups(head), groups(tail)];
  const zeros = 8 - left.length - right.length;
  if (more.length > 0 || (tail === undefined ? zeros !== 0 : zeros < 1)) return undefined;
  const all = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined;
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** The longest run of zeros is `::`. */
function written(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const runs = [...groups.join(':').matchAll(/(?:^|:)(0(?::0)+)(?=:|$)/g)].toSorted(
    (a, b) => b[0].length - a[0].length,
  );
  const longest = runs[0];
  if (!longest) return groups.join(':');
  const text = groups.join(':');
  return `${text.slice(0, longest.index)}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`;
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
