import type { AvailabilityZone } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { invalidValue } from './errors.ts';
import { filterBy, type FilterNames } from './filters.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import type { Ec2 } from './state.ts';
import { regionNames, zonesOf } from './zones.ts';

const zoneFilters: FilterNames<AvailabilityZone & { readonly Tags?: [] }> = {
  'group-name': (zone) => zone.GroupName,
  message: () => undefined,
  'opt-in-status': (zone) => zone.OptInStatus,
  'parent-zone-id': () => undefined,
  'parent-zone-name': () => undefined,
  'region-name': (zone) => zone.RegionName,
  state: (zone) => zone.State,
  'zone-id': (zone) => zone.ZoneId,
  'zone-name': (zone) => zone.ZoneName,
  'zone-type': (zone) => zone.ZoneType,
};

/** Limits that AWS shows; of these the region enforces groups per interface only. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  'supported-platforms': ['VPC'],
  'vpc-max-security-groups-per-interface': ['5'],
  'max-elastic-ips': ['5'],
  'vpc-max-elastic-ips': ['5'],
};

export function account(ec2: Ec2): Ec2Handlers {
  const { region } = ec2.region.identity;
  return {
    DescribeAvailabilityZones: operation(
      ['ZoneNames', 'ZoneIds', 'AllAvailabilityZones', 'Filters'],
      (input) => {
        const all = zonesOf(region).map(({ name, id }): AvailabilityZone => ({
          ZoneName: name,
          ZoneId: id,
          RegionName: region,
          GroupName: region,
          NetworkBorderGroup: region,
          ZoneType: 'availability-zone',
          State: 'available',
          OptInStatus: 'opt-in-not-required',
          Messages: [],
        }));
        const names = input.ZoneNames ?? [];
        const ids = input.ZoneIds ?? [];
        for (const name of names)
          if (!all.some(({ ZoneName }) => ZoneName === name))
            throw invalidValue('zoneName', name, `Invalid availability zone: [${name}]`);
        for (const id of ids)
          if (!all.some(({ ZoneId }) => ZoneId === id))
            throw invalidValue('zoneId', id, `Invalid availability zone-id: [${id}]`);
        const keep = filterBy(zoneFilters, input.Filters);
        const AvailabilityZones = all.filter(
          (zone) =>
            (names.length === 0 || names.includes(zone.ZoneName ?? '')) &&
            (ids.length === 0 || ids.includes(zone.ZoneId ?? '')) &&
            keep(zone),
        );
        return { AvailabilityZones };
      },
    ),
    DescribeRegions: operation(['RegionNames', 'AllRegions', 'Filters'], (input) => {
      const all = [...new Set([...regionNames, region])].map((RegionName) => ({
        RegionName,
        Endpoint: `ec2.${RegionName}.amazonaws.com`,
        OptInStatus: 'opt-in-not-required',
      }));
      for (const name of input.RegionNames ?? [])
        if (!all.some(({ RegionName }) => RegionName === name))
          throw invalidValue('region-name', name, `Invalid region: [${name}]`);
      const keep = filterBy<(typeof all)[number] & { readonly Tags?: [] }>(
        {
          endpoint: ({ Endpoint }) => Endpoint,
          'opt-in-status': ({ OptInStatus }) => OptInStatus,
          'region-name': ({ RegionName }) => RegionName,
        },
        input.Filters,
      );
      const named = input.RegionNames ?? [];
      const Regions = all
        .filter((each) => named.length === 0 || named.includes(each.RegionName))
        .filter(keep);
      return { Regions };
    }),
    DescribeAccountAttributes: operation(['AttributeNames'], (input) => {
      const values: Readonly<Record<string, readonly string[]>> = {
        ...ATTRIBUTES,
        'default-vpc': [[...ec2.tables.vpc.values()].find(({ isDefault }) => isDefault)?.id ?? 'none'],
      };
      const names: readonly string[] = input.AttributeNames ?? Object.keys(values);
      const AccountAttributes = names.map((AttributeName) => {
        const found = values[AttributeName];
        if (!found)
          throw new ApiError('InvalidParameterValue', `Invalid account attribute '${AttributeName}'`);
        return {
          AttributeName,
          AttributeValues: found.map((AttributeValue) => ({ AttributeValue })),
        };
      });
      return { AccountAttributes };
    }),
  };
}
