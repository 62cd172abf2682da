import type { PortRange, SecurityGroup } from '../../topology/model.ts';
import { type EcsService, isUnknown, known, type TaskDefinition, type Value } from '../../topology/system.ts';
import type { End } from '../reach/model.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html (Linux: ip_local_port_range) */
export const dynamicPorts: PortRange = { from: 32_768, to: 60_999 };
/** What AWS tells to open for them: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html */
export const openedPorts: PortRange = { from: 32_768, to: 65_535 };

/** Ports of the range at which some rule of the ends' groups begins or ends: between them nothing changes. */
export function samplePorts(groups: readonly SecurityGroup[], ends: readonly End[]): readonly number[] {
  const ids = new Set(ends.flatMap((end) => (end.kind === 'placement' ? end.placement.groupIds : [])));
  const { from, to } = dynamicPorts;
  const cuts = groups
    .filter(({ id }) => ids.has(id))
    .flatMap(({ ingress, egress }) => [...ingress, ...egress])
    .flatMap(({ ports }) => (ports ? [ports.from, ports.to + 1] : []))
    .filter((port) => port > from && port <= to);
  return [...new Set([from, to, ...cuts])].sort((a, b) => a - b);
}

/** The port at which traffic for a container arrives, on its task or its instance; in a bridge it may be chosen at start. */
export function publishedPort(
  definition: TaskDefinition | undefined,
  { containerPort, containerName }: Pick<EcsService['targets'][number], 'containerPort' | 'containerName'>,
): Value<number> | 'dynamic' {
  if (definition && isUnknown(definition.networkMode)) return definition.networkMode;
  if (known(definition?.networkMode) !== 'bridge') return containerPort;
  const mapping = definition?.containers
    .find(({ name }) => known(name) === known(containerName))
    ?.ports.find((port) => known(port.containerPort) === known(containerPort));
  if (!mapping)
    return { unknown: `its task definition does not publish the port ${known(containerPort) ?? ''}` };
  const host = mapping.hostPort ?? 0;
  if (isUnknown(host)) return host;
  return host === 0 ? 'dynamic' : host;
}
