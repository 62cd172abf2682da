import { gone } from '../engine/failure.ts';
import { notOthers, ownFilters, syncTags, tagSpecifications } from './ec2.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly DomainName?: string;
  readonly DomainNameServers?: readonly string[];
  readonly NtpServers?: readonly string[];
  readonly Tags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-dhcpoptions.html */
export const dhcpOptions = resourceType<Properties>({
  type: 'AWS::EC2::DHCPOptions',
  properties: ['DomainName', 'DomainNameServers', 'NtpServers', 'Tags'],
  async create(context) {
    const { DomainName, DomainNameServers, NtpServers } = context.properties;
    const given: [string, readonly string[] | undefined][] = [
      ['domain-name', DomainName === undefined ? undefined : [DomainName]],
      ['domain-name-servers', DomainNameServers],
      ['ntp-servers', NtpServers],
    ];
    const { DhcpOptions } = await context.region.api.ec2.CreateDhcpOptions({
      DhcpConfigurations: given.flatMap(([Key, Values]) => (Values ? [{ Key, Values: [...Values] }] : [])),
      TagSpecifications: tagSpecifications(context, 'dhcp-options'),
    });
    return DhcpOptions!.DhcpOptionsId!;
  },
  async find(context) {
    const { DhcpOptions = [] } = await context.region.api.ec2.DescribeDhcpOptions({
      Filters: ownFilters(context),
    });
    return notOthers(
      context,
      DhcpOptions.map(({ DhcpOptionsId }) => DhcpOptionsId),
    );
  },
  sync: (existing) => syncTags(existing),
  delete: ({ physicalId, region }) => gone(region.api.ec2.DeleteDhcpOptions({ DhcpOptionsId: physicalId })),
});
