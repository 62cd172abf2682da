import type { Output } from '../../template/model.ts';
import type { PublicService } from '../design-model.ts';
import { sub } from '../intrinsics.ts';
import { pascal } from '../naming.ts';

/** Where each public service can be reached. */
export function urls(publicServices: readonly PublicService[]): Record<string, Output> {
  return Object.fromEntries(
    publicServices.map((one): [string, Output] => {
      const { service, protocol, listenerPort, host } = one;
      const suffix = protocol === 'udp' ? `${listenerPort}Udp` : listenerPort === 80 ? '' : listenerPort;
      return [
        `${pascal(service)}Url${suffix}`,
        {
          Description: `Where ${service} can be reached${host === undefined ? '' : `, once the name ${host} leads to the load balancer`}`,
          Value: url(one),
        },
      ];
    }),
  );
}

function url({ protocol, listenerPort, host, path }: PublicService): unknown {
  if (protocol !== 'http') return sub(`${protocol}://\${NetworkLoadBalancer.DNSName}:${listenerPort}`);
  const port = listenerPort === 80 ? '' : `:${listenerPort}`;
  const below = path === undefined ? '/' : path.replace(/[*?].*$/, '');
  return host === undefined || /[*?]/.test(host)
    ? sub(`http://\${LoadBalancer.DNSName}${port}${below}`)
    : `http://${host}${port}${below}`;
}
