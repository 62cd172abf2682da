import { BlockList, isIP } from 'node:net';

/** The variables that say how to get out, as Go's programs (docker, podman, containerd) read them. */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  readonly none?: string;
}

/** https://pkg.go.dev/golang.org/x/net/http/httpproxy#FromEnvironment: either case, the upper one first. */
export function proxySettings(environment: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string) => environment[name] || environment[name.toLowerCase()] || undefined;
  const [http, https, none] = [read('HTTP_PROXY'), read('HTTPS_PROXY'), read('NO_PROXY')];
  return {
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
    ...(none === undefined ? {} : { none }),
  };
}

/** The proxy for `url`; undefined where it is asked directly. A proxy without a scheme is an HTTP one. */
export function proxyFor(url: URL, { http, https, none = '' }: ProxySettings): URL | undefined {
  const text = url.protocol === 'https:' ? https : http;
  if (text === undefined || isLoopback(url.hostname) || isExcepted(url, none)) return undefined;
  return new URL(text.includes('://') ? text : `http://${text}`);
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);

/**
 * `example.com` is that host and those below it, `.example.com` those below alone; addresses, ranges, `*` and ports:
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
function isExcepted(url: URL, none: string): boolean {
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return none
    .toLowerCase()
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return inRange(host, entry);
      const [, bracketed, plain, onlyPort] = /^(?:\[(.+)\]|([^:]+|.*:.*:.*))(?::(\d+))?$/.exec(entry) ?? [];
      if (onlyPort !== undefined && onlyPort !== port) return false;
      const name = (bracketed ?? plain ?? entry).replace(/^\*(?=\.)/, '');
      return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
    });
}

/** Whether an address lies in a range, `10.0.0.0/8`. */
export function inRange(host: string, range: string): boolean {
  const [network = '', length = ''] = range.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(length)) return false;
  const list = new BlockList();
  try {
    list.addSubnet(network, Number(length), family === 4 ? 'ipv4' : 'ipv6');
  } catch {
    return false;
  }
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
