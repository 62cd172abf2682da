import { pascal, logicalId } from '../../architect/naming.ts';
import type { Position } from '../../common/problem.ts';
import type { App, Service } from '../../compose/app.ts';
import { evaluateTemplate } from '../../template/evaluated.ts';
import { pseudoParameters } from '../../template/scope.ts';
import { declaredResources } from '../../topology/from-template/declared.ts';
import { systemFromResources } from '../../topology/from-template/system.ts';
import type { Origin } from '../../topology/model.ts';
import { contextOf } from '../../verify/check.ts';
import type { Project } from '../project.ts';
import { partitionOf } from './known.ts';
import type { Subject } from './subject.ts';

/**
 * The deployment that is designed for a project. Its template is nobody's file: findings stand at the line of the compose file that
 * the resource was made from.
 */
export function composeSubject(
  { app, design }: Project,
  given: {
    readonly region?: string | undefined;
    readonly parameters?: Readonly<Record<string, string>>;
    readonly text: Subject['text'];
  },
): Subject {
  const region = given.region ?? 'us-east-1';
  const { template } = design;
  const defaults = Object.entries(template.Parameters ?? {}).flatMap(([name, { Default }]) =>
    Default === undefined ? [] : [[name, String(Default)] as const],
  );
  const serviceOf = services(app);
  const evaluated = evaluateTemplate({
    template,
    // What the architect writes holds; what can be wrong is laid over it by hand.
    positionOf: (path) =>
      app.overlay?.position ?? positionIn(app, serviceOf(String(path[1])), { path }, template.Resources),
    parameters: { ...Object.fromEntries(defaults), ...given.parameters },
    pseudo: pseudoParameters({ accountId: '123456789012', region, ...partitionOf(region) }),
    zones: (name) => ['a', 'b', 'c'].map((letter) => `${name}${letter}`),
  });
  return {
    kind: 'compose',
    name: app.files[0] ?? app.name,
    context: contextOf(systemFromResources(declaredResources(evaluated)), {
      templates: [{ template }],
      edges: design.edges
        .filter(({ protocol = 'tcp' }) => protocol === 'tcp')
        .map(({ from, to, port }) => ({
          from: logicalId.service(from),
          to: logicalId.service(to),
          port,
        })),
    }),
    unanswered: [],
    positionOf: (origin) => positionIn(app, serviceOf(resourceOf(origin)), origin, template.Resources),
    text: given.text,
    madeFrom: (resource) => {
      const service = serviceOf(resource);
      return service ? `service ${service.name}` : 'the project';
    },
    folder: app.directory,
    notes: [],
  };
}

const resourceOf = ({ path }: Origin): string => String(path[1] ?? '');

/** The longest beginning of a logical id that is a service's: `ApiServiceTaskRole` is of `api-service`, not of `api`. */
function services({ services }: App): (resource: string) => Service | undefined {
  const byPrefix = services
    .map((service) => [pascal(service.name), service] as const)
    .sort(([a], [b]) => b.length - a.length);
  return (resource) =>
    byPrefix.find(
      ([prefix]) => resource.startsWith(prefix) && !/^[a-z]/.test(resource.slice(prefix.length)),
    )?.[1];
}

/** The line of the value where the compose file has it, else that of the service, else that of the project. */
function positionIn(
  app: App,
  service: Service | undefined,
  { path }: Origin,
  resources: Readonly<Record<string, { readonly Properties?: Record<string, unknown> }>>,
): Position {
  if (!service) return app.position;
  const [, id, , list, container, part, index] = path;
  if (list !== 'ContainerDefinitions') return service.position;
  const definitions = resources[String(id)]?.Properties?.ContainerDefinitions as
    | readonly { readonly Name?: unknown; readonly Environment?: readonly { readonly Name?: unknown }[] }[]
    | undefined;
  const definition = definitions?.[Number(container)];
  const owner = app.services.find(({ name }) => name === definition?.Name) ?? service;
  switch (part) {
    case 'Image':
      return (owner.image ?? owner.build ?? owner).position;
    case 'Command':
      return (owner.command ?? owner).position;
    case 'EntryPoint':
      return (owner.entrypoint ?? owner).position;
    case 'HealthCheck':
      return (owner.healthCheck ?? owner).position;
    case 'PortMappings':
      return (owner.ports[Number(index)] ?? owner.expose[Number(index)] ?? owner).position;
    case 'Environment': {
      const variable = definition?.Environment?.[Number(index)]?.Name;
      return (owner.environment.find(({ name }) => name === variable) ?? owner).position;
    }
    default:
      return owner.position;
  }
}
