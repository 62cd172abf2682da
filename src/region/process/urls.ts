import type { Listener, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Region } from '../region.ts';

/** Where the listeners of load balancers are reached from this machine: one address for each service that a rule leads to. */
export async function urlsOf(region: Region, listenerArns: readonly string[]): Promise<string[]> {
  if (listenerArns.length === 0) return [];
  const { Listeners = [] } = await region.api.elbv2.DescribeListeners({ ListenerArns: [...listenerArns] });
  const urls: string[] = [];
  for (const { ListenerArn, Protocol } of Listeners) {
    const port = region.plane.hostPorts.mapping.get(ListenerArn!);
    if (port === undefined) continue;
    if (Protocol !== 'HTTP') {
      urls.push(...transports(Protocol).map((transport) => `${transport}://localhost:${port}`));
      continue;
    }
    const { Rules = [] } = await region.api.elbv2.DescribeRules({ ListenerArn });
    urls.push(...httpUrls(Rules, port));
  }
  return [...new Set(urls)].sort();
}

const transports = (protocol: Listener['Protocol']): readonly string[] =>
  protocol === 'TCP_UDP' ? ['tcp', 'udp'] : [protocol === 'UDP' ? 'udp' : 'tcp'];

/** Of the rules that forward, by their host and path; of the listener itself where no rule does. */
export function httpUrls(rules: readonly Rule[], port: number): string[] {
  const forwards = rules.filter(({ Actions = [] }) => Actions.some(({ Type }) => Type === 'forward'));
  const urls = forwards.flatMap((rule) => urlOf(rule, port) ?? []);
  return urls.length > 0 ? urls : [base('localhost', port)];
}

/** Undefined where the rule asks for more than an address can say. */
function urlOf({ Conditions = [] }: Rule, port: number): string | undefined {
  let host: string | undefined;
  let path = '';
  for (const { Field, Values = [] } of Conditions) {
    const plain = Values.map((value) => value.replace(/\/?\*$/, '')).find((value) => !/[*?]/.test(value));
    if (plain === undefined) return undefined;
    if (Field === 'host-header') host = plain;
    else if (Field === 'path-pattern') path = plain.replace(/^\//, '');
    else return undefined;
  }
  // Names below localhost are this machine (RFC 6761); others must be asked for by the field Host.
  const local = host === undefined || /(?:^|\.)localhost$/.test(host);
  const url = `${base(local ? (host ?? 'localhost') : 'localhost', port)}${path}`;
  return local ? url : `${url} (Host: ${host})`;
}

const base = (host: string, port: number): string =>
  port === 80 ? `http://${host}/` : `http://${host}:${port}/`;
