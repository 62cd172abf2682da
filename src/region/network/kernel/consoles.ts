import type { Netd } from '../netd-client.ts';
import type { Tools } from '../tools.ts';
import { openConsole, type Console } from './console.ts';

/** Both take effect at once and complain in English. */
const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** nft in a namespace; what `run` is given is one transaction. */
export function nftConsole(netd: Netd, { nft }: Pick<Tools, 'nft'>, network: string): Console {
  return openConsole(netd, {
    argv: [nft.path, '-i'],
    env: { ...env, ...nft.env },
    network,
    join: (commands) => commands.join('; '),
    question: (name) => `list set ip vpc ${name}`,
  });
}

/** iproute2 in a namespace; a command that fails does not keep the next from running. */
export function ipConsole(netd: Netd, { ip }: Pick<Tools, 'ip'>, network: string): Console {
  return openConsole(netd, {
    argv: [ip, '-force', '-batch', '-'],
    env,
    network,
    join: (commands) => commands.join('\n'),
    question: (name) => `link show dev ${name}`,
  });
}
