import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetDescription, TargetHealth } from '@aws-sdk/client-elastic-load-balancing-v2';
import { containsAddress, parseAddress, parseCidr } from '../../../topology/cidr.ts';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { operation, refuseOthers, validation } from './errors.ts';
import {
  findTargetGroup,
  targetId,
  usersOf,
  type Elbv2,
  type TargetGroupRecord,
  type TargetRecord,
} from './state.ts';
import { targetGroupAttribute } from './target-group-attributes.ts';
import { isPort } from './target-group-input.ts';
import { targetState } from './target-state.ts';

/** Where a target outside the VPC may be. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html */
const privateRanges = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'].map((cidr) =>
  parseCidr(cidr)!,
);

/** There are no instances here. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html */
const noInstance = (id: string): ApiError =>
  new ApiError('InvalidTarget', `The following targets are not valid instances: '${id}'`);

export function targetHandlers(state: Elbv2): Handlers<typeof sdk> {
  const { targets, health, region } = state;

  function described(group: TargetGroupRecord, target: TargetDescription) {
    refuseOthers(target, ['Id', 'Port', 'AvailabilityZone']);
    const { Id: address = '', Port: port = group.port } = target;
    if (!isPort(port)) throw validation(`Port '${port}' is not in valid range '1-65535'`);
    return { address, port, id: targetId(group.arn, address, port) };
  }

  function zoneOf(group: TargetGroupRecord, { Id = '', AvailabilityZone }: TargetDescription): string {
    if (group.targetType === 'instance') throw noInstance(Id);
    const address = parseAddress(Id);
    if (address === undefined) throw validation(`The IP address '${Id}' is not a valid IPv4 address`);
    const topology = region.internal.ec2.topology();
    const subnet = topology.subnets.find(
      ({ vpcId, cidr }) => vpcId === group.vpcId && containsAddress(parseCidr(cidr)!, address),
    );
    if (subnet) return subnet.zone;
    if (!privateRanges.some((range) => containsAddress(range, address)))
      throw validation(
        `The IP address '${Id}' is not within a private IP address range or the VPC '${group.vpcId}'`,
      );
    if (!AvailabilityZone)
      throw validation(
        `You must specify an Availability Zone for the IP address '${Id}', which is outside the VPC`,
      );
    return AvailabilityZone;
  }

  function register(group: TargetGroupRecord, target: TargetDescription, registeredAt: Date): void {
    const { address, port, id } = described(group, target);
    const zone = zoneOf(group, target);
    const before = targets.get(id);
    if (before && !before.drainingUntil) return;
    // An address that drains is free to be registered at once: unlike AWS's, addresses of ended tasks come back soon.
    health.delete(id);
    targets.put(id, {
      targetGroupArn: group.arn,
      address,
      port,
      zone,
      registeredAt,
    });
  }

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html (deregistration delay) */
  function deregister(group: TargetGroupRecord, target: TargetDescription): void {
    const { id } = described(group, target);
    const record = targets.get(id);
    if (!record || record.drainingUntil) return;
    const delay = Number(targetGroupAttribute(group, 'deregistration_delay.timeout_seconds'));
    health.delete(id);
    if (delay === 0 || usersOf(state, group.arn).length === 0) targets.delete(id);
    else targets.patch(id, { drainingUntil: new Date(region.clock.now() + delay * 1000) });
  }

  return {
    RegisterTargets: operation(['TargetGroupArn', 'Targets'], ({ TargetGroupArn, Targets = [] }) => {
      const group = findTargetGroup(state, TargetGroupArn);
      if (Targets.length === 0) throw validation('At least one target must be specified');
      const count = [...targets.values()].filter((one) => one.targetGroupArn === group.arn).length;
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
      if (count + Targets.length > 1000)
        throw new ApiError('TooManyTargets', "You've reached the limit on the number of targets");
      for (const target of Targets) {
        described(group, target);
        zoneOf(group, target);
      }
      const now = new Date(region.clock.now());
      for (const target of Targets) register(group, target, now);
      return {};
    }),
    DeregisterTargets: operation(['TargetGroupArn', 'Targets'], ({ TargetGroupArn, Targets = [] }) => {
      const group = findTargetGroup(state, TargetGroupArn);
      for (const target of Targets) deregister(group, target);
      return {};
    }),
    DescribeTargetHealth: operation(['TargetGroupArn', 'Targets'], ({ TargetGroupArn, Targets = [] }) => {
      const group = findTargetGroup(state, TargetGroupArn);
      const wanted =
        Targets.length > 0
          ? Targets.map((target) => {
              const { id, address, port } = described(group, target);
              return targets.get(id) ?? { address, port };
            })
          : [...targets.values()].filter((target) => target.targetGroupArn === group.arn);
      const { port: checkPort } = group.healthCheck;
      return {
        TargetHealthDescriptions: wanted.map((target) => ({
          Target: {
            Id: target.address,
            Port: target.port,
            ...('zone' in target ? { AvailabilityZone: target.zone } : {}),
          },
          HealthCheckPort: checkPort === 'traffic-port' ? String(target.port) : checkPort,
          TargetHealth: 'zone' in target ? targetState(state, target as TargetRecord) : notRegistered,
        })),
      };
    }),
  };
}

const notRegistered: TargetHealth = {
  State: 'unused',
  Reason: 'Target.NotRegistered',
  Description: 'Target is not registered to the target group',
};
