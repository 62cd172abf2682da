import type { Answer, Question } from 'dns-packet';
import { promises as dns } from 'node:dns';
import type { ForwardedAnswer } from '../network/router/protocol.ts';

/** Seconds for answers of the host's resolver, which tells none of its own. */
const ttl = 30;
const privateReverse = /(?:^|\.)(?:10|168\.192|(?:1[6-9]|2\d|3[01])\.172|254\.169)\.in-addr\.arpa$/;

/** What the host's own resolver says: its hosts file and name servers, whatever they are. */
export async function resolveOnHost({ name, type }: Question): Promise<ForwardedAnswer> {
  if (privateReverse.test(name)) return { code: 'NXDOMAIN', answers: [] };
  try {
    return { code: 'NOERROR', answers: await lookUp(name, type) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENODATA') return { code: 'NOERROR', answers: [] };
    return { code: code === 'ENOTFOUND' ? 'NXDOMAIN' : 'SERVFAIL', answers: [] };
  }
}

async function lookUp(name: string, type: string): Promise<readonly Answer[]> {
  switch (type) {
    case 'A':
    case 'AAAA': {
      // Both families at once: a name that has only the other one exists.
      const addresses = await dns.lookup(name, { all: true });
      return addresses
        .filter(({ family }) => family === (type === 'A' ? 4 : 6))
        .map(({ address }) => ({ type, name, ttl, data: address }));
    }
    case 'CNAME':
      return (await dns.resolveCname(name)).map((data) => ({ type: 'CNAME', name, ttl, data }));
    case 'TXT':
      return (await dns.resolveTxt(name)).map((data) => ({ type: 'TXT', name, ttl, data }));
    case 'MX':
      return (await dns.resolveMx(name)).map((data) => ({ type: 'MX', name, ttl, data }));
    case 'NS':
      return (await dns.resolveNs(name)).map((data) => ({ type: 'NS', name, ttl, data }));
    case 'PTR':
      return (await dns.resolvePtr(name)).map((data) => ({ type: 'PTR', name, ttl, data }));
    case 'SRV':
      return (await dns.resolveSrv(name)).map(({ name: target, ...data }) => ({
        type: 'SRV',
        name,
        ttl,
        data: { ...data, target },
      }));
    default:
      return [];
  }
}
