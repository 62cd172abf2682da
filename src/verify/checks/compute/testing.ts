import type { Context } from '../../model.ts';
import { checkText } from '../../testing/check.ts';
import { compute } from './index.ts';

/** A template in JSON; what a check says of it. */
export const template = (resources: Record<string, unknown>, parameters: readonly string[] = []) =>
  JSON.stringify({
    Parameters: Object.fromEntries(parameters.map((name) => [name, { Type: 'String' }])),
    Conditions: Object.fromEntries(
      parameters.map((name) => [`Has${name}`, { 'Fn::Equals': [{ Ref: name }, ''] }]),
    ),
    Resources: resources,
  });
type More = Partial<Pick<Context, 'architectures'>>;
export const ask = (id: string, text: string, more: More = {}) => {
  const { findings, unknowns } = checkText(
    text,
    compute.filter((check) => check.id === id),
    more,
  );
  return { found: findings.map(({ message }) => message), unsure: unknowns.map(({ why }) => why), findings };
};
export const task = (containers: readonly unknown[], properties: Record<string, unknown> = {}) => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: { ContainerDefinitions: containers, ...properties },
});
export const service = (properties: Record<string, unknown> = {}) => ({
  Type: 'AWS::ECS::Service',
  Properties: {
    Cluster: { Ref: 'Cluster' },
    LaunchType: 'EC2',
    TaskDefinition: { Ref: 'Task' },
    ...properties,
  },
});
export const container = (properties: Record<string, unknown> = {}) => ({
  Name: 'app',
  Image: 'example/app:1',
  Memory: 128,
  ...properties,
});
/** A cluster with instances of a type. */
export const cluster = (InstanceType: unknown, size = 1, more: Record<string, unknown> = {}) => ({
  Cluster: { Type: 'AWS::ECS::Cluster' },
  Group: {
    Type: 'AWS::AutoScaling::AutoScalingGroup',
    Properties: {
      MinSize: size,
      MaxSize: size,
      VPCZoneIdentifier: ['subnet-1'],
      LaunchTemplate: { LaunchTemplateId: { Ref: 'Launch' }, Version: '1' },
    },
  },
  Launch: {
    Type: 'AWS::EC2::LaunchTemplate',
    Properties: {
      LaunchTemplateData: {
        InstanceType,
        UserData: { 'Fn::Base64': { 'Fn::Sub': 'echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config' } },
        ...more,
      },
    },
  },
});
export const port = (ContainerPort: number, HostPort?: number) => ({
  ContainerPort,
  ...(HostPort === undefined ? {} : { HostPort }),
});
