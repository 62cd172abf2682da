import type {
  Action,
  ActionTypeEnum,
  ForwardActionConfig,
  RedirectActionConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ApiError } from '../../gateway/api-error.ts';
import { notEnacted, refuseOthers, validation } from './errors.ts';
import { checkStickyForward } from './target-group-attributes.ts';
import { findTargetGroup, usersOf, type Elbv2, type ListenerRecord, type NetworkProtocol } from './state.ts';

/** Actions as they are kept and described: one, complete. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html */
export function checkedActions(
  state: Elbv2,
  listener: ActingListener,
  given: readonly Action[] | undefined,
): readonly Action[] {
  if (!given?.length) throw validation('At least one action must be specified');
  const types = given.map(({ Type }) => Type);
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html (forward is all there is)
  if (listener.protocol !== undefined && types.some((type) => type !== 'forward'))
    throw new ApiError(
      'InvalidLoadBalancerAction',
      `Listeners with protocol ${listener.protocol} can only have forward actions`,
    );
  const authentication = types.find((type) => !final.includes(type ?? ''));
  if (authentication) throw notEnacted(`Action type ${authentication}`);
  if (given.length > 1)
    throw new ApiError(
      'InvalidLoadBalancerAction',
      'You can specify only one forward, redirect or fixed-response action',
    );
  const action = given[0]!;
  refuseOthers(action, [
    'Type',
    'Order',
    'TargetGroupArn',
    'ForwardConfig',
    'RedirectConfig',
    'FixedResponseConfig',
  ]);
  const order = action.Order === undefined ? {} : { Order: action.Order };
  return [{ ...checkedAction(state, listener, action), ...order }];
}
/** The listener, present or to be, on which the action is taken. */
export type ActingListener = Pick<ListenerRecord, 'loadBalancerArn' | 'protocol'>;

const final: readonly string[] = ['forward', 'redirect', 'fixed-response'];

function checkedAction(state: Elbv2, listener: ActingListener, action: Action): Action {
  const { Type, TargetGroupArn, ForwardConfig, RedirectConfig, FixedResponseConfig } = action;
  only(Type, 'forward', TargetGroupArn ?? ForwardConfig);
  only(Type, 'redirect', RedirectConfig);
  only(Type, 'fixed-response', FixedResponseConfig);
  if (Type === 'forward') return forward(state, listener, TargetGroupArn, ForwardConfig);
  if (Type === 'redirect') return { Type, RedirectConfig: redirect(RedirectConfig) };
  return { Type: 'fixed-response', FixedResponseConfig: fixedResponse(FixedResponseConfig) };
}
function only(type: ActionTypeEnum | undefined, own: string, config: unknown): void {
  if (config !== undefined && type !== own)
    throw new ApiError(
      'InvalidLoadBalancerAction',
      `The configuration for a ${own} action is not valid for a ${type} action`,
    );
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html */
function forward(
  state: Elbv2,
  { loadBalancerArn, protocol }: ActingListener,
  arn: string | undefined,
  config: ForwardActionConfig | undefined,
): Action {
  if (config) refuseOthers(config, ['TargetGroups', 'TargetGroupStickinessConfig']);
  if (config?.TargetGroupStickinessConfig?.Enabled) throw notEnacted('TargetGroupStickinessConfig');
  const groups = config?.TargetGroups ?? (arn ? [{ TargetGroupArn: arn }] : []);
  if (groups.length === 0) throw validation('A target group ARN must be specified');
  if (groups.length > 5)
    throw new ApiError('TooManyTargetGroups', 'A forward action can have at most 5 target groups');
  if (arn && (groups.length > 1 || groups[0]?.TargetGroupArn !== arn))
    throw validation('TargetGroupArn and ForwardConfig must name the same single target group');
  const weighted = groups.map(({ TargetGroupArn, Weight }) => {
    const group = findTargetGroup(state, TargetGroupArn);
    if (groups.length > 1 && Weight === undefined)
      throw validation(`A weight must be specified for target group '${group.arn}'`);
    if (Weight !== undefined && (Weight < 0 || Weight > 999))
      throw validation(`Weight '${Weight}' is not in valid range '0-999'`);
    if (!carriedBy(protocol).includes(group.protocol))
      throw new ApiError(
        'IncompatibleProtocols',
        `A listener with protocol ${protocol ?? 'HTTP'} cannot forward to target group '${group.arn}' with protocol ${group.protocol ?? 'HTTP'}`,
      );
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-target-group.html
    if (usersOf(state, group.arn).some((user) => user !== loadBalancerArn))
      throw new ApiError(
        'TargetGroupAssociationLimit',
        `Target group '${group.arn}' cannot be associated with more than one load balancer`,
      );
    if (group.vpcId !== state.loadBalancers.get(loadBalancerArn)?.vpcId)
      throw new ApiError(
        'InvalidConfigurationRequest',
        `Target group '${group.arn}' is not in the VPC of the load balancer`,
      );
    return { TargetGroupArn: group.arn, Weight: Weight ?? 1 };
  });
  checkStickyForward(groups.map(({ TargetGroupArn }) => findTargetGroup(state, TargetGroupArn)));
  return {
    Type: 'forward',
    ...(weighted.length === 1 ? { TargetGroupArn: weighted[0]!.TargetGroupArn } : {}),
    ForwardConfig: { TargetGroups: weighted, TargetGroupStickinessConfig: { Enabled: false } },
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html */
function carriedBy(protocol: NetworkProtocol | undefined): readonly (NetworkProtocol | undefined)[] {
  if (protocol === undefined) return [undefined];
  return protocol === 'TCP_UDP' ? ['TCP_UDP'] : [protocol, 'TCP_UDP'];
}

/** Components left out keep the request's. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html */
function redirect(given: RedirectActionConfig | undefined): RedirectActionConfig {
  const config = {
    Protocol: given?.Protocol ?? '#{protocol}',
    Port: given?.Port ?? '#{port}',
    Host: given?.Host ?? '#{host}',
    Path: given?.Path ?? '/#{path}',
    Query: given?.Query ?? '#{query}',
    StatusCode: given?.StatusCode,
  };
  const { Protocol, Port, Host, Path, Query, StatusCode } = config;
  if (StatusCode !== 'HTTP_301' && StatusCode !== 'HTTP_302')
    throw validation(`Redirect status code '${String(StatusCode)}' must be HTTP_301 or HTTP_302`);
  if (!['HTTP', 'HTTPS', '#{protocol}'].includes(Protocol))
    throw validation(`Redirect protocol '${Protocol}' must be HTTP, HTTPS or #{protocol}`);
  if (Port !== '#{port}' && !/^\d{1,5}$/.test(Port)) throw validation(`Redirect port '${Port}' is not valid`);
  if (!Path.startsWith('/')) throw validation(`Redirect path '${Path}' must begin with '/'`);
  if (Host.length > 128 || Path.length > 128 || Query.length > 128)
    throw validation('Redirect host, path and query can have at most 128 characters');
  if (/[\r\n]/.test(Host + Path + Query)) throw validation('A redirect must not contain line breaks');
  const same = Protocol === '#{protocol}' && Port === '#{port}' && Host === '#{host}' && Path === '/#{path}';
  if (same)
    throw validation(
      'The redirect must change at least one of protocol, host, port and path to avoid a redirect loop',
    );
  return { ...config, StatusCode };
}

const contentTypes = ['text/plain', 'text/css', 'text/html', 'application/javascript', 'application/json'];
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html */
function fixedResponse(given: Action['FixedResponseConfig']): NonNullable<Action['FixedResponseConfig']> {
  const { StatusCode = '', MessageBody, ContentType } = given ?? {};
  if (!/^(2|4|5)\d\d$/.test(StatusCode))
    throw validation(`Fixed response status code '${StatusCode}' must match ^(2|4|5)\\d\\d$`);
  if (MessageBody !== undefined && MessageBody.length > 1024)
    throw validation('The message body of a fixed response can have at most 1024 characters');
  if (ContentType !== undefined && !contentTypes.includes(ContentType))
    throw validation(
      `Fixed response content type '${ContentType}' must be one of ${contentTypes.join(', ')}`,
    );
  return {
    StatusCode,
    ...(MessageBody === undefined ? {} : { MessageBody }),
    ...(ContentType === undefined ? {} : { ContentType }),
  };
}
