/**
 * Regions with the short form their zone ids begin with, and the letters of their zones. Which letter has which id differs from account to
 * account, so here ids are numbered in order. https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
 */
const REGIONS: Readonly<Record<string, { readonly short: string; readonly zones: string }>> = {
  'us-east-1': { short: 'use1', zones: 'abcdef' },
  'us-east-2': { short: 'use2', zones: 'abc' },
  'us-west-1': { short: 'usw1', zones: 'ab' },
  'us-west-2': { short: 'usw2', zones: 'abcd' },
  'ca-central-1': { short: 'cac1', zones: 'abd' },
  'sa-east-1': { short: 'sae1', zones: 'abc' },
  'eu-central-1': { short: 'euc1', zones: 'abc' },
  'eu-west-1': { short: 'euw1', zones: 'abc' },
  'eu-west-2': { short: 'euw2', zones: 'abc' },
  'eu-west-3': { short: 'euw3', zones: 'abc' },
  'eu-north-1': { short: 'eun1', zones: 'abc' },
  'ap-northeast-1': { short: 'apne1', zones: 'acd' },
  'ap-northeast-2': { short: 'apne2', zones: 'abcd' },
  'ap-northeast-3': { short: 'apne3', zones: 'abc' },
  'ap-south-1': { short: 'aps1', zones: 'abc' },
  'ap-southeast-1': { short: 'apse1', zones: 'abc' },
  'ap-southeast-2': { short: 'apse2', zones: 'abc' },
};

export interface Zone {
  readonly name: string;
  readonly id: string;
}

export const regionNames: readonly string[] = Object.keys(REGIONS);

/** The zones of a region; one that the table does not know has three. */
export function zonesOf(region: string): readonly Zone[] {
  const { short, zones } = REGIONS[region] ?? { short: region.replaceAll('-', ''), zones: 'abc' };
  return [...zones].map((letter, index) => ({ name: `${region}${letter}`, id: `${short}-az${index + 1}` }));
}

/** Private names end with this. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html */
export const privateDomain = (region: string): string =>
  region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;

export const privateName = (region: string, address: string): string =>
  `ip-${address.replaceAll('.', '-')}.${privateDomain(region)}`;

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html */
export const publicName = (region: string, address: string): string =>
  `ec2-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'compute-1' : `${region}.compute`}.amazonaws.com`;
