import type { App } from '../compose/app.ts';
import type { Problem } from '../common/problem.ts';
import { pascal } from './naming.ts';

/** Beginnings of logical ids that are the project's own. */
const RESERVED =
  /^(NetworkLoadBalancer|LoadBalancer|PublicSubnet\d|PrivateSubnet\d|NatGateway\d|Public|Execution|Infrastructure)$/;

/** Names that could not be told apart in the template: of services, and of volumes and networks, which have ids of their own. */
export function nameProblems(
  { services, volumes }: Pick<App, 'services' | 'volumes'>,
  learn: boolean,
): Problem[] {
  const taken = new Map(volumes.map(({ name }) => [`${pascal(name)}Volume`, `the volume ${name}`]));
  if (learn)
    for (const network of services.flatMap(({ networks }) => networks))
      taken.set(`${pascal(network)}Network`, `the network ${network}`);
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
