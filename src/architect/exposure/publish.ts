import type { PublishedPort, Service } from '../../compose/app.ts';
import type { Problem } from '../../common/problem.ts';
import type { LocalForward, PublicService } from '../design-model.ts';
import { insideProtocol, knownImage, plainProtocol } from '../known-images.ts';
import { members, type Task } from '../tasks.ts';
import { listenerProblems } from './sharing.ts';

export interface Published {
  readonly publicServices: readonly PublicService[];
  /** Ports for this machine alone. */
  readonly forwards: readonly LocalForward[];
  readonly problems: readonly Problem[];
  readonly notices: readonly Problem[];
}

type Way =
  | { readonly kind: 'public'; readonly protocol: PublicService['protocol'] }
  | { readonly kind: 'forward'; readonly reason: string; readonly fix?: string }
  | { readonly kind: 'wrong'; readonly problem: Problem };

/** What becomes of every published port: a listener of a load balancer, or a port of this machine alone. */
export function publish(tasks: readonly Task[]): Published {
  const publicServices: PublicService[] = [];
  const forwards: LocalForward[] = [];
  const problems: Problem[] = [];
  const notices: Problem[] = [];
  for (const task of tasks)
    for (const service of members(task)) {
      if (!service.settings.public) continue;
      for (const port of service.ports) {
        const { target, published, protocol, position } = port;
        const ends = task.kind === 'once' || task.inits.includes(service);
        const way = ends ? atEnd(service) : wayOf(service, port);
        if (way.kind === 'wrong') problems.push({ position, ...way.problem });
        else if (way.kind === 'forward') {
          forwards.push({
            service: task.owner.name,
            containerPort: target,
            hostPort: published ?? target,
            protocol,
            reason: way.reason,
          });
          notices.push({
            code: 'port-inside',
            message: `port ${target} of ${service.name} is ${way.reason}: it is open on this machine in local runs, and never on AWS`,
            position,
            fix: way.fix,
          });
        } else
          publicServices.push({
            service: task.owner.name,
            protocol: way.protocol,
            listenerPort: published ?? target,
            containerPort: target,
            ...(way.protocol === 'http' ? requests(service) : {}),
            position,
          });
      }
    }
  return {
    publicServices,
    forwards,
    problems: [...problems, ...listenerProblems(publicServices)],
    notices,
  };
}

const requests = ({ settings: { host, path } }: Service) => ({
  ...(host ? { host: host.value.toLowerCase() } : {}),
  ...(path ? { path: path.value } : {}),
});

function wayOf(service: Service, port: PublishedPort): Way {
  const { target, protocol, loopback, appProtocol } = port;
  if (loopback) return { kind: 'forward', reason: 'bound to a loopback address' };
  if (protocol === 'udp') return { kind: 'public', protocol: 'udp' };
  if (appProtocol === undefined && service.ports.some((other) => isUdpOf(port, other)))
    return { kind: 'public', protocol: 'tcp' };
  if (appProtocol !== undefined) return said(service, port, appProtocol.toLowerCase());
  const fix = `where the internet is to reach it, write\n  ports: [{target: ${target}, published: "${port.published ?? target}", app_protocol: tcp}]`;
  const known = knownImage(service.image?.value ?? service.build?.baseImage);
  if (known?.store) return { kind: 'forward', reason: 'the port of a data store', fix };
  if (!known?.http || known.port !== target) {
    const inside = insideProtocol(target);
    if (inside !== undefined) return { kind: 'forward', reason: `known for ${inside}, not for HTTP`, fix };
    if (plainProtocol(target) !== undefined) return { kind: 'public', protocol: 'tcp' };
  }
  if ((port.published ?? target) === 443)
    return { kind: 'wrong', problem: withoutCertificate(service, port) };
  return { kind: 'public', protocol: 'http' };
}

/** Both protocols of one port are one thing: DNS, say. */
const isUdpOf = (port: PublishedPort, other: PublishedPort): boolean =>
  other.protocol === 'udp' &&
  !other.loopback &&
  other.target === port.target &&
  other.published === port.published;

/** `app_protocol`, or `x-aws-protocol` of compose-ecs. */
function said(service: Service, port: PublishedPort, protocol: string): Way {
  switch (protocol) {
    case 'tcp':
    case 'tls':
    case 'ssl':
      return { kind: 'public', protocol: 'tcp' };
    case 'http':
    case 'ws':
    case 'websocket':
      return (port.published ?? port.target) === 443
        ? { kind: 'wrong', problem: withoutCertificate(service, port) }
        : { kind: 'public', protocol: 'http' };
    default:
      return {
        kind: 'wrong',
        problem: {
          code: 'port-protocol',
          // HTTP/2 and gRPC need an HTTPS listener: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-protocol-version
          message: `port ${port.target} of ${service.name} speaks ${protocol}, for which the load balancer would need a certificate`,
          fix: 'write app_protocol: tcp, and connections reach the container as they are; or http, where it speaks HTTP',
        },
      };
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html */
const withoutCertificate = ({ name }: Service, { target }: PublishedPort): Problem => ({
  code: 'https-without-certificate',
  message: `${name} publishes port 443, where HTTPS is expected, and the load balancer has no certificate`,
  fix: `publish a port that speaks HTTP, for example '80:${target === 443 ? 80 : target}'; or, where the container has a certificate of its own, write app_protocol: tcp`,
});

const atEnd = ({ name }: Service): Way => ({
  kind: 'wrong',
  problem: {
    code: 'port-of-once',
    message: `${name} runs to its end once, and publishes a port`,
    fix: 'take the port away; or, where it is to run on, restart: always',
  },
});
