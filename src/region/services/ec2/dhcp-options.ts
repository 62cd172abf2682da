import type { DhcpOptions } from '@aws-sdk/client-ec2';
import { parseAddress } from '../../../topology/cidr.ts';
import { inUse, invalidValue, missing, notEnacted } from './errors.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { describe, type Listing } from './pages.ts';
import type { DhcpOptionsRecord } from './records.ts';
import type { Ec2 } from './state.ts';
import { tagList, tagsFor } from './tags.ts';
import { privateDomain } from './zones.ts';

export function dhcpItem(ec2: Ec2, record: DhcpOptionsRecord): DhcpOptions {
  return {
    DhcpOptionsId: record.id,
    OwnerId: ec2.region.identity.accountId,
    DhcpConfigurations: Object.entries(record.options).map(([Key, values]) => ({
      Key,
      Values: values.map((Value) => ({ Value })),
    })),
    Tags: tagList(record.tags),
  };
}

const listing: Listing<'dhcp-options', DhcpOptions> = {
  kind: 'dhcp-options',
  item: dhcpItem,
  filters: {
    'dhcp-options-id': (set) => set.DhcpOptionsId,
    key: (set) => set.DhcpConfigurations?.map(({ Key }) => Key),
    value: (set) => set.DhcpConfigurations?.flatMap(({ Values }) => (Values ?? []).map(({ Value }) => Value)),
    'owner-id': (set) => set.OwnerId,
  },
};

/** Keys that AWS takes and this region has nobody to tell of. */
const NOT_ENACTED = new Set([
  'ntp-servers',
  'netbios-name-servers',
  'netbios-node-type',
  'ipv6-address-preferred-lease-time',
]);

export function dhcpOptions(ec2: Ec2): Ec2Handlers {
  return {
    CreateDhcpOptions: operation(['DhcpConfigurations', 'TagSpecifications'], (input) => {
      if (!input.DhcpConfigurations || input.DhcpConfigurations.length === 0)
        throw missing('dhcpConfigurations');
      const options: Record<string, readonly string[]> = {};
      for (const { Key = '', Values = [] } of input.DhcpConfigurations) options[Key] = checked(Key, Values);
      const tags = tagsFor('dhcp-options', input.TagSpecifications);
      const record: DhcpOptionsRecord = { id: newId('dopt'), tags, options, isDefault: false };
      ec2.tables['dhcp-options'].put(record.id, record);
      return { DhcpOptions: dhcpItem(ec2, record) };
    }),
    DescribeDhcpOptions: operation(['DhcpOptionsIds', 'Filters', 'MaxResults', 'NextToken'], (input) => {
      const { items: DhcpOptions, ...rest } = describe(ec2, listing, input.DhcpOptionsIds, input);
      return { DhcpOptions, ...rest };
    }),
    AssociateDhcpOptions: operation(['DhcpOptionsId', 'VpcId'], ({ DhcpOptionsId, VpcId }) => {
      const vpc = find(ec2, 'vpc', VpcId);
      // `default` means no set at all. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateDhcpOptions.html
      const id = DhcpOptionsId === 'default' ? DhcpOptionsId : find(ec2, 'dhcp-options', DhcpOptionsId).id;
      ec2.tables.vpc.patch(vpc.id, { dhcpOptionsId: id });
      return {};
    }),
    DeleteDhcpOptions: operation(['DhcpOptionsId'], ({ DhcpOptionsId }) => {
      const { id } = find(ec2, 'dhcp-options', DhcpOptionsId);
      if ([...ec2.tables.vpc.values()].some((vpc) => vpc.dhcpOptionsId === id))
        throw inUse('dhcpOptions', id);
      ec2.tables['dhcp-options'].delete(id);
      return {};
    }),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html */
function checked(key: string, values: readonly string[]): readonly string[] {
  if (NOT_ENACTED.has(key)) throw notEnacted(`DHCP option ${key}`);
  if (key !== 'domain-name' && key !== 'domain-name-servers')
    throw invalidValue('dhcpConfiguration.key', key, 'Unknown DHCP option.');
  if (values.length === 0) throw missing(`the value of ${key}`);
  if (key === 'domain-name') {
    if (values.length > 1) throw invalidValue('domain-name', values.join(', '), 'One value is expected.');
    return values;
  }
  // The command line sends several servers in one value, separated by commas.
  const servers = values.flatMap((value) => value.split(',').map((server) => server.trim()));
  if (servers.length > 4)
    throw invalidValue('domain-name-servers', servers.join(', '), 'At most four servers are allowed.');
  for (const server of servers)
    if (server !== 'AmazonProvidedDNS' && parseAddress(server) === undefined)
      throw invalidValue('domain-name-servers', server, 'An IPv4 address or AmazonProvidedDNS is expected.');
  return servers;
}

/** The set that every VPC begins with. https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSet.html */
export function defaultOptions(ec2: Ec2): DhcpOptionsRecord {
  for (const record of ec2.tables['dhcp-options'].values()) if (record.isDefault) return record;
  const record: DhcpOptionsRecord = {
    id: newId('dopt'),
    tags: {},
    options: {
      'domain-name': [privateDomain(ec2.region.identity.region)],
      'domain-name-servers': ['AmazonProvidedDNS'],
    },
    isDefault: true,
  };
  ec2.tables['dhcp-options'].put(record.id, record);
  return record;
}
