import type { Template } from '../template/model.ts';
import type { Origin } from '../topology/model.ts';
import type { System } from '../topology/system.ts';
import type { Context, Edit } from './model.ts';
import { referencesIn } from './paths/references.ts';
import type { Change, Placement } from './reach/model.ts';

export type EditContext = Pick<Context, 'system' | 'templates'>;

/**
 * A change of the network as edits of the templates; undefined where there is no one right way to write it. What is added is named
 * after what it does, so that the same change gives the same edits.
 */
export function editsFor(
  context: EditContext,
  change: Change,
  placement?: Placement,
): readonly Edit[] | undefined {
  switch (change.kind) {
    case 'group-rule':
      return groupRule(context, change);
    case 'acl-entry':
      return aclEntry(context, change);
    case 'route':
      return route(context, change, placement);
    case 'public-address':
      return publicAddress(context.system, placement);
    case 'attach-internet-gateway':
      return attachment(context.system, change.vpcId);
    case 'gateway-endpoint-route':
      return endpointTable(context, change);
  }
}

const ref = (id: string) => ({ Ref: id });
const attribute = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });
/** `Ref` or, of a VPC's own, `Fn::GetAtt`; undefined of what no template declares. */
function value({ resources }: System, id: string, getAtt?: string): unknown {
  const [vpcId = '', own] = id.split('.');
  const declared = resources.get(own === undefined ? id : vpcId);
  if (!declared || own === 'MainRouteTable') return undefined;
  // In its own stack it may have another name than among several.
  const name = String(declared.origin.path[1]);
  if (own !== undefined) return attribute(name, own);
  return getAtt === undefined ? ref(name) : attribute(name, getAtt);
}

/** The stacks that a change speaks of; the edits of a fix are made in one. */
export function stacksOf({ resources }: System, change: Change, placement?: Placement): ReadonlySet<string> {
  const ids: readonly unknown[] =
    change.kind === 'public-address'
      ? [placement?.partyId]
      : [
          ...Object.values(change),
          ...('peer' in change ? Object.values(change.peer) : []),
          ...('target' in change ? [change.target.id] : []),
        ];
  return new Set(
    ids.flatMap((id) => {
      const declared = typeof id === 'string' ? resources.get(id.split('.')[0] ?? id) : undefined;
      return declared ? [declared.origin.stack ?? ''] : [];
    }),
  );
}

type GroupRule = Extract<Change, { kind: 'group-rule' }>;

function groupRule(context: EditContext, change: GroupRule): Edit[] | undefined {
  const { groupId, direction, protocol, port, toPort = port, peer } = change;
  const { system } = context;
  const group = value(system, groupId, 'GroupId');
  const other = peer.kind === 'group' ? value(system, peer.groupId, 'GroupId') : peer.cidr;
  if (group === undefined || other === undefined) return undefined;
  const [side, list] =
    direction === 'ingress'
      ? (['Source', 'SecurityGroupIngress'] as const)
      : (['Destination', 'SecurityGroupEgress'] as const);
  const rule = {
    IpProtocol: protocol,
    FromPort: port,
    ToPort: toPort,
    ...(peer.kind === 'group' ? { [`${side}SecurityGroupId`]: other } : { CidrIp: other }),
  };
  // Groups that name each other in their own lists are a circle that CloudFormation refuses:
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-security-group-rule-1.html
  const inline = writtenList(context, groupId, list);
  const circle = peer.kind === 'group' && leadsTo(context, peer.groupId, groupId);
  if (inline && !circle) return [{ kind: 'append', path: inline, value: rule }];
  const name =
    peer.kind === 'group' ? idPart(peer.groupId) : peer.cidr === '0.0.0.0/0' ? 'Anywhere' : idPart(peer.cidr);
  const id = `${idPart(groupId)}${direction === 'ingress' ? 'From' : 'To'}${name}${idPart(protocol)}${port}`;
  const properties = { GroupId: group, ...rule };
  return [{ kind: 'add-resource', id, resource: { Type: `AWS::EC2::${list}`, Properties: properties } }];
}

const idPart = (text: string): string =>
  text
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('');

/** The path of a list that stands in the text as a list. */
function writtenList({ system, templates }: EditContext, id: string, key: string) {
  const origin = system.resources.get(id)?.origin;
  const written = resourceOf(templates, origin)?.Properties?.[key];
  return origin && Array.isArray(written) ? [...origin.path, 'Properties', key] : undefined;
}

function resourceOf(templates: Context['templates'], origin: Origin | undefined) {
  if (!origin) return undefined;
  const { stack, path } = origin;
  const id = String(path[1]);
  const resources: Template['Resources'] | undefined = templates.find((one) => one.stack === stack)?.template
    .Resources;
  return resources && Object.hasOwn(resources, id) ? resources[id] : undefined;
}

/** Whether one resource speaks of another, by however many in between. */
function leadsTo({ system, templates }: EditContext, from: string, to: string): boolean {
  const seen = new Set<string>();
  const waiting = [from.split('.')[0] ?? from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === to) return true;
    const declared = system.resources.get(id);
    if (!declared || seen.has(id)) continue;
    seen.add(id);
    const written = resourceOf(templates, declared.origin)?.DependsOn;
    waiting.push(...referencesIn(declared.properties).map((one) => one.id), ...[written ?? []].flat());
  }
  return false;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-networkaclentry.html */
function aclEntry(
  { system }: EditContext,
  change: Extract<Change, { kind: 'acl-entry' }>,
): Edit[] | undefined {
  const { networkAclId, direction, number, protocol, ports, cidr } = change;
  const acl = value(system, networkAclId);
  if (acl === undefined) return undefined;
  const Properties = {
    NetworkAclId: acl,
    RuleNumber: number,
    Protocol: protocol === 'tcp' ? 6 : 17,
    RuleAction: 'allow',
    Egress: direction === 'egress',
    CidrBlock: cidr,
    PortRange: { From: ports.from, To: ports.to },
  };
  const id = `${idPart(networkAclId)}${direction === 'ingress' ? 'Inbound' : 'Outbound'}${number}`;
  return [{ kind: 'add-resource', id, resource: { Type: 'AWS::EC2::NetworkAclEntry', Properties } }];
}

type RouteChange = Extract<Change, { kind: 'route' }>;
const TARGET = {
  'internet-gateway': 'GatewayId',
  'nat-gateway': 'NatGatewayId',
  peering: 'VpcPeeringConnectionId',
} as const;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-route.html */
function route(
  { system }: EditContext,
  { routeTableId, destination, target }: RouteChange,
  placement: Placement | undefined,
): Edit[] | undefined {
  const gateway = target.id === undefined ? undefined : value(system, target.id);
  if (gateway === undefined) return undefined;
  const table = system.routeTables.find(({ id }) => id === routeTableId);
  const before = table?.routes.find((one) => one.destination === destination && one.origin);
  if (before?.origin) {
    const path = [...before.origin.path, 'Properties'];
    const written = system.resources.get(String(before.origin.path[1]))?.properties ?? {};
    const old = Object.keys(written).filter((key) =>
      /(GatewayId|InterfaceId|InstanceId|EndpointId|ConnectionId)$/.test(key),
    );
    return [
      ...old
        .filter((key) => key !== TARGET[target.kind])
        .map((key) => ({ kind: 'remove', path: [...path, key] }) as const),
      { kind: 'set', path: [...path, TARGET[target.kind]], value: gateway },
    ];
  }
  const attached = [...system.resources.values()].find(
    ({ type, properties }) =>
      type === 'AWS::EC2::VPCGatewayAttachment' && JSON.stringify(properties).includes(`"${target.id}"`),
  );
  const Properties = { DestinationCidrBlock: destination, [TARGET[target.kind]]: gateway };
  const resource = (id: unknown) => ({
    Type: 'AWS::EC2::Route',
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html#gatewayattachment
    ...(attached && target.kind === 'internet-gateway' ? { DependsOn: attached.id } : {}),
    Properties: { RouteTableId: id, ...Properties },
  });
  const name = destination === '0.0.0.0/0' ? 'Default' : idPart(destination);
  const own = value(system, routeTableId);
  if (own !== undefined)
    return [{ kind: 'add-resource', id: `${idPart(routeTableId)}${name}Route`, resource: resource(own) }];
  return inTableOfItsOwn(system, routeTableId, resource, name, placement);
}

/** No template can name a VPC's main table: the subnets that use it get one of their own. */
function inTableOfItsOwn(
  system: System,
  mainId: string,
  resource: (table: unknown) => Readonly<Record<string, unknown>>,
  name: string,
  placement: Placement | undefined,
): Edit[] | undefined {
  const [vpcId = '', own] = mainId.split('.');
  if (own !== 'MainRouteTable' || !system.resources.has(vpcId)) return undefined;
  const subnets = system.subnets.filter(
    ({ id, routeTableId }) =>
      routeTableId === mainId && (placement === undefined || id === placement.subnetId),
  );
  if (subnets.length === 0) return undefined;
  return subnets.flatMap(({ id }): Edit[] => {
    const table = `${idPart(id)}RouteTable`;
    const association = { SubnetId: ref(id), RouteTableId: ref(table) };
    return [
      {
        kind: 'add-resource',
        id: table,
        resource: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref(vpcId) } },
      },
      { kind: 'add-resource', id: `${table}${name}Route`, resource: resource(ref(table)) },
      {
        kind: 'add-resource',
        id: `${table}Association`,
        resource: { Type: 'AWS::EC2::SubnetRouteTableAssociation', Properties: association },
      },
    ];
  });
}

/** Of Fargate alone: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html */
function publicAddress(system: System, placement: Placement | undefined): Edit[] | undefined {
  const service = system.services.find(({ id }) => id === placement?.partyId);
  const written = service && system.resources.get(service.id)?.properties['NetworkConfiguration'];
  if (!service || service.launchType !== 'FARGATE' || typeof written !== 'object') return undefined;
  const path = [
    ...service.origin.path,
    'Properties',
    'NetworkConfiguration',
    'AwsvpcConfiguration',
    'AssignPublicIp',
  ];
  return [{ kind: 'set', path, value: 'ENABLED' }];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-vpcgatewayattachment.html */
function attachment(system: System, vpcId: string): Edit[] | undefined {
  const gateway = system.internetGateways.find(({ vpcIds }) => vpcIds.length === 0);
  if (!gateway || !system.resources.has(vpcId)) return undefined;
  const Properties = { VpcId: ref(vpcId), InternetGatewayId: ref(gateway.id) };
  return [
    {
      kind: 'add-resource',
      id: `${idPart(gateway.id)}Attachment`,
      resource: { Type: 'AWS::EC2::VPCGatewayAttachment', Properties },
    },
  ];
}

function endpointTable(
  context: EditContext,
  { endpointId, routeTableId }: Extract<Change, { kind: 'gateway-endpoint-route' }>,
): Edit[] | undefined {
  const table = value(context.system, routeTableId);
  const list = writtenList(context, endpointId, 'RouteTableIds');
  return table === undefined || !list ? undefined : [{ kind: 'append', path: list, value: table }];
}
