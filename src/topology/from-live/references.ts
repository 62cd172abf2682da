import { isRecord } from '../from-template/values.ts';
import type { Declared } from '../system.ts';

/** Properties that name another resource, and what a template writes there. */
const REFERENCES: Readonly<Record<string, 'Ref' | 'Arn'>> = {
  VpcId: 'Ref',
  PeerVpcId: 'Ref',
  SubnetId: 'Ref',
  SubnetIds: 'Ref',
  Subnets: 'Ref',
  GroupId: 'Ref',
  SecurityGroups: 'Ref',
  SecurityGroupIds: 'Ref',
  SourceSecurityGroupId: 'Ref',
  DestinationSecurityGroupId: 'Ref',
  RouteTableId: 'Ref',
  RouteTableIds: 'Ref',
  NetworkAclId: 'Ref',
  DhcpOptionsId: 'Ref',
  InternetGatewayId: 'Ref',
  GatewayId: 'Ref',
  NatGatewayId: 'Ref',
  VpcPeeringConnectionId: 'Ref',
  LoadBalancerArn: 'Ref',
  ListenerArn: 'Ref',
  TargetGroupArn: 'Ref',
  TaskDefinition: 'Ref',
  NamespaceId: 'Ref',
  FileSystemId: 'Ref',
  FilesystemId: 'Ref',
  'awslogs-group': 'Ref',
  ExecutionRoleArn: 'Arn',
  TaskRoleArn: 'Arn',
  RegistryArn: 'Arn',
};

/** Resources that name each other as those of a template do: by reference. */
export function withReferences(resources: ReadonlyMap<string, Declared>): ReadonlyMap<string, Declared> {
  const referred = (kind: 'Ref' | 'Arn', value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item) => referred(kind, item));
    if (typeof value !== 'string' || !resources.has(value)) return value;
    return kind === 'Ref' ? { Ref: value } : { 'Fn::GetAtt': [value, 'Arn'] };
  };
  const within = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(within);
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        const kind = Object.hasOwn(REFERENCES, key) ? REFERENCES[key] : undefined;
        const scalar = typeof member === 'string' || (Array.isArray(member) && !member.some(isRecord));
        return [key, kind && scalar ? referred(kind, member) : within(member)];
      }),
    );
  };
  return new Map(
    [...resources].map(([id, declared]) => [
      id,
      { ...declared, properties: within(declared.properties) as Declared['properties'] },
    ]),
  );
}
