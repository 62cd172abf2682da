import { type App, type Service, volumeMounts } from '../compose/app.ts';
import { InputError, type Problem } from '../common/problem.ts';
import type { Output, Parameter, Template } from '../template/model.ts';
import { clampedHealthCheck, compute } from './compute.ts';
import type { Design, DesignParameter, PublicService } from './design-model.ts';
import { discovery } from './discovery.ts';
import { findEdges } from './edges.ts';
import { exposure } from './exposure.ts';
import { ref, sub, type Resources } from './intrinsics.ts';
import { knownImage } from './known-images.ts';
import { logs } from './logs.ts';
import { compareText, logicalId, pascal } from './naming.ts';
import { network } from './network.ts';
import type { DesignOptions } from './options.ts';
import { permissions } from './permissions.ts';
import type { Plan } from './plan.ts';
import { listeningPorts } from './ports.ts';
import { security } from './security.ts';
import { taskSize, type TaskSize } from './sizes.ts';

/**
 * The AWS deployment of a project; the same App gives the same bytes. Throws an InputError with everything that cannot be known and
 * what to write for it.
 */
export function design(app: App, _options: DesignOptions = {}): Design {
  const services = [...app.services].sort((a, b) => compareText(a.name, b.name));
  const ports = new Map(services.map((service) => [service.name, listeningPorts(service)]));
  const sorted: App = { ...app, services };
  const { edges, problems } = findEdges(sorted, ports);
  const { publicServices, notices } = published(services);
  const plan: Plan = { app: sorted, services, edges, publicServices, ports };
  const { sizes, tooLarge } = sizesOf(services);
  const all = [
    ...nameProblems(services),
    ...problems,
    ...tooLarge,
    ...publicServices.flatMap(withoutCertificate),
  ];
  if (all.length > 0) throw new InputError(all);

  const parameters = designParameters(services);
  const template: Template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `${app.name}: made by Fairway from ${app.services.length} services`,
    Parameters: templateParameters(parameters),
    Resources: merge(
      network(plan),
      security(plan),
      discovery(plan),
      exposure(plan),
      permissions(plan),
      logs(plan),
      compute(plan, sizes),
    ),
    Outputs: outputs(plan),
  };
  return {
    template,
    parameters,
    secrets: [],
    once: [],
    local: { binds: [], forwards: [] },
    edges,
    publicServices,
    notices: [...notices, ...services.flatMap(clampedHealthCheck), ...services.flatMap(volumeNotice)],
  };
}

/** Logical ids are a namespace of their own: two keys that become one would hide a resource. */
function merge(...parts: readonly Resources[]): Resources {
  const merged: Resources = {};
  for (const part of parts)
    for (const [id, resource] of Object.entries(part)) {
      if (Object.hasOwn(merged, id)) throw new Error(`two resources are called ${id}`);
      merged[id] = resource;
    }
  return merged;
}

/** Beginnings of logical ids that are the project's own. */
const RESERVED = /^(LoadBalancer|PublicSubnet\d|PrivateSubnet\d|NatGateway\d|Public|Execution)$/;

function nameProblems(services: readonly Service[]): Problem[] {
  const taken = new Map<string, string>();
  return services.flatMap(({ name, position }) => {
    const prefix = pascal(name);
    const other = taken.get(prefix);
    taken.set(prefix, name);
    if (other === undefined && !RESERVED.test(prefix) && prefix !== '') return [];
    return [
      {
        code: 'service-name',
        message:
          other === undefined
            ? `the name ${name} cannot be told from the project's own resources in the template`
            : `the names ${other} and ${name} cannot be told apart in the template, where both begin with ${prefix}`,
        position,
        fix: 'give the service another name',
      },
    ];
  });
}

function published(services: readonly Service[]): { publicServices: PublicService[]; notices: Problem[] } {
  const publicServices: PublicService[] = [];
  const notices: Problem[] = [];
  for (const { name, ports, settings, image, build } of services)
    for (const { target, published: port, position } of ports) {
      if (!settings.public) continue;
      const known = knownImage(image?.value ?? build?.baseImage);
      if (known && !known.http && known.port === target)
        notices.push({
          code: 'port-inside',
          message: `port ${target} of ${name} is no HTTP: it stays inside the network, for its peers`,
          position,
        });
      else
        publicServices.push({
          service: name,
          protocol: 'http',
          listenerPort: port ?? target,
          containerPort: target,
          position,
        });
    }
  return { publicServices, notices };
}

function sizesOf(services: readonly Service[]): { sizes: Map<string, TaskSize>; tooLarge: Problem[] } {
  const sizes = new Map<string, TaskSize>();
  const tooLarge: Problem[] = [];
  for (const service of services) {
    const size = taskSize(service);
    if ('cpu' in size) sizes.set(service.name, size);
    else tooLarge.push(size);
  }
  return { sizes, tooLarge };
}

function designParameters(services: readonly Service[]): DesignParameter[] {
  return services.flatMap(({ name, build, replicas }): DesignParameter[] => [
    ...(build ? [{ name: logicalId.image(name), service: name, kind: 'image' as const }] : []),
    { name: logicalId.desiredCount(name), service: name, kind: 'desired-count', default: replicas.value },
  ]);
}

function templateParameters(parameters: readonly DesignParameter[]): Record<string, Parameter> {
  return Object.fromEntries(
    parameters.map(({ name, service, kind, default: value }): [string, Parameter] => [
      name,
      kind === 'image'
        ? {
            Type: 'String',
            Description: `Image of ${service}, by its digest`,
            AllowedPattern: '^.+@sha256:[0-9a-f]{64}$',
            ConstraintDescription: 'REPOSITORY@sha256:DIGEST',
          }
        : { Type: 'Number', Description: `How many tasks of ${service}`, Default: value!, MinValue: 0 },
    ]),
  );
}

function outputs({ publicServices }: Plan): Record<string, Output> {
  return {
    Cluster: { Description: 'The ECS cluster', Value: ref('Cluster') },
    ...Object.fromEntries(
      publicServices.map(({ service, listenerPort }): [string, Output] => [
        `${pascal(service)}Url${listenerPort === 80 ? '' : listenerPort}`,
        {
          Description: `Where ${service} can be reached`,
          Value: sub(`http://\${LoadBalancer.DNSName}${listenerPort === 80 ? '' : `:${listenerPort}`}/`),
        },
      ]),
    ),
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html */
function withoutCertificate({ service, listenerPort, containerPort, position }: PublicService): Problem[] {
  if (listenerPort !== 443) return [];
  return [
    {
      code: 'https-without-certificate',
      message: `${service} publishes port 443, where HTTPS is expected, and the load balancer has no certificate`,
      position,
      fix: `publish a port that speaks HTTP, for example '80:${containerPort === 443 ? 80 : containerPort}'`,
    },
  ];
}

function volumeNotice(service: Service): Problem[] {
  const { name, replicas } = service;
  const shared = volumeMounts(service).find(({ volume }) => volume !== undefined);
  const separate: Problem[] =
    shared && replicas.value > 1
      ? [
          {
            code: 'volume-per-task-on-aws',
            message: `each of the ${replicas.value} tasks of ${name} has a volume ${shared.volume} of its own on Fargate`,
            position: replicas.position,
          },
        ]
      : [];
  return [...separate, ...ephemeral(service)];
}

function ephemeral(service: Service): Problem[] {
  return volumeMounts(service)
    .filter(({ volume }) => volume !== undefined)
    .map(({ volume, position }) => ({
      code: 'volume-ephemeral-on-aws',
      message: `the volume ${volume} of ${service.name} is kept on this machine; on Fargate it lives as long as its task`,
      position,
    }));
}
