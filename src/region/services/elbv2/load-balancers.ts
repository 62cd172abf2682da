import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import { randomInt } from 'node:crypto';
import { ApiError } from '../../gateway/api-error.ts';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { invalidConfiguration, notEnacted, notFound, notPermitted, operation, validation } from './errors.ts';
import { hostedZones, networkHostedZones } from './hosted-zones.ts';
import { deleteListener } from './listeners.ts';
import { loadBalancerAttribute } from './load-balancer-attributes.ts';
import {
  checkAddressType,
  checkGateway,
  checkGroups,
  checkName,
  checkSubnets,
} from './load-balancer-input.ts';
import { arnOf, findLoadBalancer, listenersOf, newId, type Elbv2, type LoadBalancerRecord } from './state.ts';
import { checkedTags, putTags } from './tags.ts';

export function loadBalancerHandlers(state: Elbv2): Handlers<typeof sdk> {
  const { loadBalancers, region } = state;

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
  const CreateLoadBalancer: Handlers<typeof sdk>['CreateLoadBalancer'] = operation(
    ['Name', 'Subnets', 'SubnetMappings', 'SecurityGroups', 'Scheme', 'Tags', 'Type', 'IpAddressType'],
    (input) => {
      const name = checkName(input.Name, 'Load balancer');
      const { Type = 'application', Scheme: scheme = 'internet-facing' } = input;
      if (Type !== 'application' && Type !== 'network') throw notEnacted(`Load balancer type ${Type}`);
      const network = Type === 'network';
      if (scheme !== 'internet-facing' && scheme !== 'internal')
        throw new ApiError('InvalidScheme', `Scheme '${String(scheme)}' is not valid`);
      checkAddressType(input.IpAddressType);
      const subnets = checkSubnets(state, input.Subnets, input.SubnetMappings, Type);
      const vpcId = subnets[0]!.vpcId;
      if (scheme === 'internet-facing') checkGateway(state, vpcId);
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html (none is an answer too)
      const groupIds =
        network && !input.SecurityGroups?.length ? [] : checkGroups(state, vpcId, input.SecurityGroups);
      const tags = checkedTags(input.Tags);
      const subnetIds = subnets.map(({ id }) => id);
      const existing = [...loadBalancers.values()].find((one) => one.name === name);
      if (existing) {
        if (!isSame(existing, { scheme, subnetIds, groupIds, ...(network ? { type: Type } : {}) }))
          throw new ApiError(
            'DuplicateLoadBalancerName',
            `A load balancer with the same name '${name}' exists, but with different settings`,
          );
        return { LoadBalancers: [describe(state, existing)] };
      }
      const id = newId();
      const { region: regionName, urlSuffix } = region.identity;
      const record: LoadBalancerRecord = {
        arn: arnOf(state, `loadbalancer/${network ? 'net' : 'app'}/${name}/${id}`),
        name,
        id,
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html (DNS name)
        dnsName: network
          ? `${name}-${id}.elb.${regionName}.${urlSuffix}`
          : `${scheme === 'internal' ? 'internal-' : ''}${name}-${randomInt(1e8, 2e9)}.${regionName}.elb.${urlSuffix}`,
        scheme,
        vpcId,
        subnetIds,
        groupIds,
        attributes: scheme === 'internal' ? { 'ipv6.deny_all_igw_traffic': 'true' } : {},
        state: 'provisioning',
        createdAt: new Date(region.clock.now()),
        ...(network ? { type: Type } : {}),
      };
      loadBalancers.put(record.arn, record);
      putTags(state, record.arn, tags);
      return { LoadBalancers: [describe(state, record)] };
    },
  );

  return {
    CreateLoadBalancer,
    /** A missing one is no error. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html */
    DeleteLoadBalancer: operation(['LoadBalancerArn'], ({ LoadBalancerArn: arn = '' }) => {
      const record = loadBalancers.get(arn);
      if (!record) {
        if (!arn.includes(':loadbalancer/')) throw validation(`'${arn}' is not a valid load balancer ARN`);
        return {};
      }
      if (loadBalancerAttribute(record, 'deletion_protection.enabled') === 'true')
        throw notPermitted(`Load balancer '${arn}' cannot be deleted because deletion protection is enabled`);
      for (const listener of listenersOf(state, arn)) deleteListener(state, listener.arn);
      loadBalancers.delete(arn);
      state.tags.delete(arn);
      return {};
    }),
    DescribeLoadBalancers: operation(
      ['LoadBalancerArns', 'Names', 'Marker', 'PageSize'],
      ({ LoadBalancerArns = [], Names = [], Marker, PageSize = 400 }) => {
        if (LoadBalancerArns.length > 0 && Names.length > 0)
          throw validation('Load balancer names and load balancer ARNs cannot be specified at the same time');
        const all = [...loadBalancers.values()];
        const named = [
          ...LoadBalancerArns.map((arn) => loadBalancers.get(arn)),
          ...Names.map((name) => all.find((one) => one.name === name)),
        ];
        const found = named.flatMap((record) => record ?? []);
        if (found.length < named.length) throw notFound('LoadBalancer');
        const chosen = named.length > 0 ? found : all;
        const { items, next } = pageAfter(chosen, ({ arn }) => arn, PageSize, Marker, invalidMarker);
        return { LoadBalancers: items.map((record) => describe(state, record)), NextMarker: next };
      },
    ),
    SetSecurityGroups: operation(['LoadBalancerArn', 'SecurityGroups'], (input) => {
      const { arn, vpcId, type, groupIds: before } = findLoadBalancer(state, input.LoadBalancerArn);
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
      if (type === 'network' && before.length === 0)
        throw invalidConfiguration(
          `Security groups cannot be associated with load balancer '${arn}': it was created without any`,
        );
      if (!input.SecurityGroups?.length) throw validation('At least one security group must be specified');
      const groupIds = checkGroups(state, vpcId, input.SecurityGroups);
      loadBalancers.patch(arn, { groupIds });
      return { SecurityGroupIds: [...groupIds] };
    }),
    SetSubnets: operation(['LoadBalancerArn', 'Subnets', 'SubnetMappings', 'IpAddressType'], (input) => {
      const record = findLoadBalancer(state, input.LoadBalancerArn);
      checkAddressType(input.IpAddressType);
      const subnets = checkSubnets(state, input.Subnets, input.SubnetMappings, record.type);
      if (subnets[0]!.vpcId !== record.vpcId)
        throw new ApiError('InvalidSubnet', `The subnets must belong to VPC '${record.vpcId}'`);
      const after = loadBalancers.patch(record.arn, { subnetIds: subnets.map(({ id }) => id) });
      return { AvailabilityZones: zones(state, after), IpAddressType: 'ipv4' };
    }),
  };
}

export const invalidMarker = (marker: string) => validation(`Marker '${marker}' is not valid`);

const isSame = (
  one: LoadBalancerRecord,
  other: Pick<LoadBalancerRecord, 'scheme' | 'subnetIds' | 'groupIds' | 'type'>,
): boolean =>
  one.type === other.type &&
  one.scheme === other.scheme &&
  sameSet(one.subnetIds, other.subnetIds) &&
  sameSet(one.groupIds, other.groupIds);
export const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((item) => other.includes(item));

function zones({ region }: Elbv2, { subnetIds }: LoadBalancerRecord): LoadBalancer['AvailabilityZones'] {
  const { subnets } = region.internal.ec2.topology();
  return subnetIds.map((SubnetId) => ({
    ZoneName: subnets.find(({ id }) => id === SubnetId)?.zone,
    SubnetId,
    LoadBalancerAddresses: [],
  }));
}

function describe(state: Elbv2, record: LoadBalancerRecord): LoadBalancer {
  return {
    LoadBalancerArn: record.arn,
    DNSName: record.dnsName,
    CanonicalHostedZoneId: (record.type === 'network' ? networkHostedZones : hostedZones)[
      state.region.identity.region
    ],
    CreatedTime: record.createdAt,
    LoadBalancerName: record.name,
    Scheme: record.scheme,
    VpcId: record.vpcId,
    State: { Code: record.state },
    Type: record.type ?? 'application',
    AvailabilityZones: zones(state, record),
    ...(record.groupIds.length > 0 ? { SecurityGroups: [...record.groupIds] } : {}),
    IpAddressType: 'ipv4',
  };
}
