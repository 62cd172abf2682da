/** `message-store` → `MessageStore`: the beginning of the logical ids of a service's resources. */
export function pascal(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

export const logicalId = {
  image: (service: string) => `${pascal(service)}Image`,
  desiredCount: (service: string) => `${pascal(service)}DesiredCount`,
  securityGroup: (service: string) => `${pascal(service)}SecurityGroup`,
  taskRole: (service: string) => `${pascal(service)}TaskRole`,
  taskDefinition: (service: string) => `${pascal(service)}TaskDefinition`,
  service: (service: string) => `${pascal(service)}Service`,
  logGroup: (service: string) => `${pascal(service)}LogGroup`,
  discovery: (service: string) => `${pascal(service)}Discovery`,
  targetGroup: (service: string, port: number) => `${pascal(service)}TargetGroup${port}`,
  listener: (service: string, port: number) => `${pascal(service)}Listener${port}`,
  /** With a word before the port: `api2` on 80 is not `api` on 280. */
  edge: (from: string, to: string, port: number, direction: 'Ingress' | 'Egress') =>
    direction === 'Egress'
      ? `${pascal(from)}EgressTo${pascal(to)}Port${port}`
      : `${pascal(to)}IngressFrom${pascal(from)}Port${port}`,
} as const;

/** By code points: the order of no language, the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
