import type { IncomingHttpHeaders } from 'node:http';

/**
 * A web page must not be able to create a stack: browsers say where a request comes from (Origin, Sec-Fetch-Site), and a name
 * that was rebound to 127.0.0.1 stands in Host. Returns why a request is refused.
 */
export function refusal({ host, origin, ...headers }: IncomingHttpHeaders): string | undefined {
  if (origin !== undefined) return `requests from web pages are refused (Origin: ${origin})`;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none')
    return `requests from web pages are refused (Sec-Fetch-Site: ${String(site)})`;
  if (host === undefined || !(isLoopback(host) || isRegistry(host)))
    return `the Host ${host ?? '(none)'} is not this machine; use 127.0.0.1 or localhost`;
  return undefined;
}

function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return (
    name === '127.0.0.1' || name === '[::1]' || name === 'localhost' || /^[a-z0-9._-]+\.localhost$/.test(name)
  );
}

/** A registry's name that leads here by the machine's own settings: nobody but AWS could rebind it. */
const isRegistry = (host: string): boolean =>
  /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?::\d+)?$/i.test(host);
