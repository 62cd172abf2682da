import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ApiError } from '../../gateway/api-error.ts';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { notEnacted, notFound, operation, validation } from './errors.ts';
import { checkName } from './load-balancer-input.ts';
import { invalidMarker } from './load-balancers.ts';
import {
  arnOf,
  findLoadBalancer,
  findTargetGroup,
  networkProtocols,
  newId,
  targetId,
  usersOf,
  type Elbv2,
  type TargetGroupRecord,
} from './state.ts';
import { checkedTags, putTags } from './tags.ts';
import {
  changedHealthCheck,
  changedNetworkHealthCheck,
  defaultHealthCheck,
  isPort,
} from './target-group-input.ts';

const checkMembers = [
  'HealthCheckProtocol',
  'HealthCheckPort',
  'HealthCheckPath',
  'HealthCheckEnabled',
  'HealthCheckIntervalSeconds',
  'HealthCheckTimeoutSeconds',
  'HealthyThresholdCount',
  'UnhealthyThresholdCount',
  'Matcher',
] as const;

export function targetGroupHandlers(state: Elbv2): Handlers<typeof sdk> {
  const { targetGroups, region } = state;

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
  const CreateTargetGroup: Handlers<typeof sdk>['CreateTargetGroup'] = operation(
    [
      'Name',
      'Protocol',
      'ProtocolVersion',
      'Port',
      'VpcId',
      'TargetType',
      'Tags',
      'IpAddressType',
      ...checkMembers,
    ],
    (input) => {
      const name = checkName(input.Name, 'Target group');
      const {
        TargetType = 'instance',
        Protocol,
        ProtocolVersion = 'HTTP1',
        Port: port,
        VpcId: vpcId,
      } = input;
      if (TargetType !== 'ip' && TargetType !== 'instance') throw notEnacted(`TargetType ${TargetType}`);
      if (!Protocol) throw validation('A protocol must be specified');
      const protocol = networkProtocols.find((one) => one === Protocol);
      if (Protocol !== 'HTTP' && !protocol) throw notEnacted(`Target group protocol ${Protocol}`);
      if (protocol && input.ProtocolVersion)
        throw validation(`Protocol version cannot be specified for target groups with protocol ${protocol}`);
      if (ProtocolVersion !== 'HTTP1') throw notEnacted(`ProtocolVersion ${ProtocolVersion}`);
      if (port === undefined) throw validation('A port must be specified');
      if (!isPort(port)) throw validation(`Port '${port}' is not in valid range '1-65535'`);
      if (!vpcId) throw validation('A VPC ID must be specified');
      if (!region.internal.ec2.topology().vpcs.some(({ id }) => id === vpcId))
        throw validation(`The VPC ID '${vpcId}' is not found`);
      if (input.IpAddressType && input.IpAddressType !== 'ipv4')
        throw notEnacted(`IpAddressType ${input.IpAddressType}`);
      const healthCheck = protocol
        ? changedNetworkHealthCheck(undefined, input)
        : changedHealthCheck(defaultHealthCheck, input);
      const tags = checkedTags(input.Tags);
      const existing = [...targetGroups.values()].find((group) => group.name === name);
      if (existing) {
        const same =
          existing.vpcId === vpcId &&
          existing.port === port &&
          existing.protocol === protocol &&
          (existing.targetType ?? 'ip') === TargetType &&
          JSON.stringify(existing.healthCheck) === JSON.stringify(healthCheck);
        if (!same)
          throw new ApiError(
            'DuplicateTargetGroupName',
            `A target group with the same name '${name}' exists, but with different settings`,
          );
        return { TargetGroups: [describe(state, existing)] };
      }
      const record: TargetGroupRecord = {
        arn: arnOf(state, `targetgroup/${name}/${newId()}`),
        name,
        vpcId,
        port,
        ...(protocol ? { protocol } : {}),
        ...(TargetType === 'instance' ? { targetType: TargetType } : {}),
        healthCheck,
        attributes: {},
      };
      targetGroups.put(record.arn, record);
      putTags(state, record.arn, tags);
      return { TargetGroups: [describe(state, record)] };
    },
  );

  return {
    CreateTargetGroup,
    ModifyTargetGroup: operation(['TargetGroupArn', ...checkMembers], (input) => {
      const { arn, healthCheck, protocol } = findTargetGroup(state, input.TargetGroupArn);
      const changed = protocol ? changedNetworkHealthCheck : changedHealthCheck;
      const after = targetGroups.patch(arn, { healthCheck: changed(healthCheck, input) });
      return { TargetGroups: [describe(state, after)] };
    }),
    DeleteTargetGroup: operation(['TargetGroupArn'], ({ TargetGroupArn: arn = '' }) => {
      if (!targetGroups.has(arn)) {
        if (!arn.includes(':targetgroup/')) throw validation(`'${arn}' is not a valid target group ARN`);
        return {};
      }
      if (usersOf(state, arn).length > 0)
        throw new ApiError(
          'ResourceInUse',
          `Target group '${arn}' is currently in use by a listener or a rule`,
        );
      for (const target of state.targets.values())
        if (target.targetGroupArn === arn) state.targets.delete(targetId(arn, target.address, target.port));
      targetGroups.delete(arn);
      state.tags.delete(arn);
      return {};
    }),
    DescribeTargetGroups: operation(
      ['LoadBalancerArn', 'TargetGroupArns', 'Names', 'Marker', 'PageSize'],
      ({ LoadBalancerArn, TargetGroupArns = [], Names = [], Marker, PageSize = 400 }) => {
        if ([LoadBalancerArn ? 1 : 0, TargetGroupArns.length, Names.length].filter(Boolean).length > 1)
          throw validation('You can specify only one of load balancer ARN, target group ARNs and names');
        const all = [...targetGroups.values()];
        const named = [
          ...TargetGroupArns.map((arn) => targetGroups.get(arn)),
          ...Names.map((name) => all.find((group) => group.name === name)),
        ];
        const found = named.flatMap((group) => group ?? []);
        if (found.length < named.length) throw notFound('TargetGroup');
        const user = LoadBalancerArn ? findLoadBalancer(state, LoadBalancerArn).arn : undefined;
        const chosen = user
          ? all.filter(({ arn }) => usersOf(state, arn).includes(user))
          : named.length > 0
            ? found
            : all;
        const { items, next } = pageAfter(chosen, ({ arn }) => arn, PageSize, Marker, invalidMarker);
        return { TargetGroups: items.map((group) => describe(state, group)), NextMarker: next };
      },
    ),
  };
}

function describe(
  state: Elbv2,
  { arn, name, vpcId, port, protocol, targetType, healthCheck }: TargetGroupRecord,
): TargetGroup {
  const checked = healthCheck.protocol === undefined;
  return {
    TargetGroupArn: arn,
    TargetGroupName: name,
    Protocol: protocol ?? 'HTTP',
    ...(protocol ? {} : { ProtocolVersion: 'HTTP1' }),
    Port: port,
    VpcId: vpcId,
    HealthCheckProtocol: healthCheck.protocol ?? 'HTTP',
    HealthCheckPort: healthCheck.port,
    HealthCheckEnabled: true,
    ...(checked ? { HealthCheckPath: healthCheck.path } : {}),
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    ...(checked ? { Matcher: { HttpCode: healthCheck.matcher } } : {}),
    LoadBalancerArns: usersOf(state, arn),
    TargetType: targetType ?? 'ip',
    IpAddressType: 'ipv4',
  };
}
