import type { DhcpOptions as DescribedOptions } from '@aws-sdk/client-ec2';
import { collect, type DescribeAnswers } from '../answers.ts';
import type { DhcpOptions, NotModelled, Vpc } from '../model.ts';

export function vpcsFrom(answers: DescribeAnswers, left: NotModelled[]): readonly Vpc[] {
  const options = new Map(
    collect(answers.DescribeDhcpOptions, 'DhcpOptions').map((set) => [set.DhcpOptionsId, set] as const),
  );
  const support = new Map<string, boolean>();
  const hostnames = new Map<string, boolean>();
  for (const { VpcId = '', EnableDnsSupport, EnableDnsHostnames } of answers.DescribeVpcAttribute) {
    if (EnableDnsSupport) support.set(VpcId, EnableDnsSupport.Value ?? false);
    if (EnableDnsHostnames) hostnames.set(VpcId, EnableDnsHostnames.Value ?? false);
  }
  return collect(answers.DescribeVpcs, 'Vpcs').map((vpc) => {
    const { VpcId: id = '', CidrBlock: primary = '', CidrBlockAssociationSet: blocks = [] } = vpc;
    for (const { Ipv6CidrBlock } of vpc.Ipv6CidrBlockAssociationSet ?? [])
      left.push({ id, what: `IPv6 block ${Ipv6CidrBlock}` });
    // Only an `associated` block is usable. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    const secondary = blocks.flatMap(({ CidrBlock: cidr, CidrBlockState: state }) =>
      cidr && cidr !== primary && state?.State === 'associated' ? [cidr] : [],
    );
    // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
    const attribute = (name: string, recorded: boolean | undefined, otherwise: boolean) => {
      if (recorded === undefined) left.push({ id, what: `${name} (not recorded, taken as ${otherwise})` });
      return recorded ?? otherwise;
    };
    return {
      id,
      cidrs: [primary, ...secondary],
      dnsSupport: attribute('enableDnsSupport', support.get(id), true),
      dnsHostnames: attribute('enableDnsHostnames', hostnames.get(id), vpc.IsDefault ?? false),
      dhcp: dhcpFrom(options.get(vpc.DhcpOptionsId), left),
    };
  });
}

/**
 * A VPC without a set (`default` as its id) has no DNS at all.
 * https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSet.html
 */
function dhcpFrom(set: DescribedOptions | undefined, left: NotModelled[]): DhcpOptions {
  const value = (key: string) =>
    (set?.DhcpConfigurations ?? [])
      .filter(({ Key }) => Key === key)
      .flatMap(({ Values }) => (Values ?? []).map(({ Value = '' }) => Value));
  for (const { Key = '' } of set?.DhcpConfigurations ?? [])
    if (Key !== 'domain-name' && Key !== 'domain-name-servers')
      left.push({ id: set?.DhcpOptionsId ?? '', what: `DHCP option ${Key}` });
  return {
    domainNames: value('domain-name').flatMap((names) => names.split(' ').filter(Boolean)),
    nameServers: value('domain-name-servers').flatMap((servers) =>
      servers
        .split(',')
        .map((server) => server.trim())
        .filter(Boolean),
    ),
  };
}
