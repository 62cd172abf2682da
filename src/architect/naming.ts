/** `message-store` → `MessageStore`: the beginning of the logical ids of a service's resources. */
export function pascal(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

/** The project's own beginnings of logical ids; a service has its name's. */
export type BalancerId = 'LoadBalancer' | 'NetworkLoadBalancer';

export const logicalId = {
  image: (service: string) => `${pascal(service)}Image`,
  desiredCount: (service: string) => `${pascal(service)}DesiredCount`,
  securityGroup: (service: string) => `${pascal(service)}SecurityGroup`,
  taskRole: (service: string) => `${pascal(service)}TaskRole`,
  taskDefinition: (service: string) => `${pascal(service)}TaskDefinition`,
  service: (service: string) => `${pascal(service)}Service`,
  logGroup: (service: string) => `${pascal(service)}LogGroup`,
  discovery: (service: string) => `${pascal(service)}Discovery`,
  alias: (alias: string) => `${pascal(alias)}Alias`,
  aliasOf: (alias: string, service: string) => `${pascal(alias)}AliasOf${pascal(service)}`,
  targetGroup: (service: string, port: number) => `${pascal(service)}TargetGroup${port}`,
  listener: (port: number) => `LoadBalancerListener${port}`,
  listenerRule: (service: string, port: number) => `${pascal(service)}ListenerRule${port}`,
  networkTargetGroup: (service: string, port: number, transport: string) =>
    `${pascal(service)}NetworkTargetGroup${port}${pascal(transport.toLowerCase())}`,
  networkListener: (port: number) => `NetworkLoadBalancerListener${port}`,
  scalableTarget: (service: string) => `${pascal(service)}ScalableTarget`,
  scalingPolicy: (service: string, metric: string) => `${pascal(service)}ScalingPolicy${pascal(metric)}`,
  openNetwork: (network: string) => `${pascal(network)}NetworkSecurityGroup`,
  openNetworkRule: (network: string, direction: 'Ingress' | 'Egress') =>
    `${pascal(network)}Network${direction}`,
  fileSystem: (volume: string) => `${pascal(volume)}VolumeFileSystem`,
  fileSystemGroup: (volume: string) => `${pascal(volume)}VolumeSecurityGroup`,
  mountTarget: (volume: string, number: number) => `${pascal(volume)}VolumeMountTarget${number}`,
  accessPoint: (volume: string) => `${pascal(volume)}VolumeAccessPoint`,
  secret: (secret: string) => `${pascal(secret)}Secret`,
  secretValue: (secret: string) => `${pascal(secret)}SecretValue`,
  /** With a word before the port: `api2` on 80 is not `api` on 280. */
  edge: (
    from: string,
    to: string,
    port: number,
    direction: 'Ingress' | 'Egress',
    protocol: 'tcp' | 'udp' = 'tcp',
  ) =>
    (direction === 'Egress'
      ? `${pascal(from)}EgressTo${pascal(to)}Port${port}`
      : `${pascal(to)}IngressFrom${pascal(from)}Port${port}`) + (protocol === 'udp' ? 'Udp' : ''),
} as const;

/** By code points: the order of no language, the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
