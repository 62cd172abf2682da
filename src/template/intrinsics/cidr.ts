import { intrinsicOf } from '../symbolic.ts';
import { isText, type Intrinsic } from './types.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-cidr.html */
export const cidr: Intrinsic = (argument, path, evaluation) => {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 3)
    return evaluation.fail(path, 'Template error: Fn::Cidr requires [ipBlock, count, cidrBits]');
  const [block, count, bits = 8] = argument.map((item, index) => evaluation.evaluate(item, [...path, index]));
  if (intrinsicOf(block) || intrinsicOf(count) || intrinsicOf(bits))
    return { 'Fn::Cidr': [block, count, bits] };
  if (isText(block) && String(block).includes(':'))
    return evaluation.fail(path, `Fn::Cidr of the IPv6 block ${String(block)} is not enacted`);
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(isText(block) ? String(block) : '');
  const parts = match?.slice(1).map(Number) ?? [];
  const prefix = parts[4] ?? 33;
  if (!match || prefix > 32 || parts.slice(0, 4).some((octet) => octet > 255))
    return evaluation.fail(
      path,
      `Template error: Fn::Cidr requires a CIDR block, not ${JSON.stringify(block)}`,
    );
  const wanted = Number(count);
  const hostBits = Number(bits);
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

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
