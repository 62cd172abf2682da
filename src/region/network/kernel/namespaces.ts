import { OperationError } from '../../../common/problem.ts';
import type { PlacedLink } from '../compiler/links.ts';
import type { Netd, RunResult } from '../netd-client.ts';
import type { Tools } from '../tools.ts';

const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** Ports from 0 on are anybody's, as on AWS; there is no IPv6; what arrives is not judged by where its reply would go. */
const settings = `
cd /proc/sys/net || exit 1
echo 0 > ipv4/ip_unprivileged_port_start || exit 1
echo 0 > ipv4/conf/all/rp_filter; echo 0 > ipv4/conf/default/rp_filter
[ -e ipv6/conf/all ] && { echo 1 > ipv6/conf/all/disable_ipv6; echo 1 > ipv6/conf/default/disable_ipv6; }
`;
const newRouter = `
"$1" netns add "$2" || exit 1
exec "$3" --net="/run/netns/$2" -- /bin/sh -c '
${settings}
echo 1 > ipv4/ip_forward || exit 1
for d in all default; do echo 0 > ipv4/conf/$d/send_redirects; echo 0 > ipv4/conf/$d/accept_redirects; done
exec "$1" link set lo up' sh "$1"`;
const holder = `
[ "$2" = new ] && {
${settings}
}
exec "$1" -force -batch -`;

/** Makes the namespace of a VPC's router. */
export async function makeRouterNamespace(netd: Netd, tools: Tools, name: string): Promise<void> {
  const result = await netd.run(['/bin/sh', '-c', newRouter, 'sh', tools.ip, name, tools.nsenter], { env });
  check(result, `cannot make the network namespace ${name}`);
}

/** Router's side of links: the commands that make them, and those that take them away. */
export function linkCommands(link: PlacedLink): string[] {
  const { name, namespace, address, index } = link;
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html
  return [
    `link add ${name} mtu 9001 type veth peer name eth${index} mtu 9001 netns ${namespace}`,
    `link set ${name} up`,
    `route replace ${address}/32 dev ${name}`,
  ];
}

/**
 * The holder's side. What has no address yet leaves by the first interface that is left; what is sent from the address of a further
 * one leaves by that one.
 */
function holderCommands({ address, gateway, index }: PlacedLink): string[] {
  const route = `default via ${gateway} dev eth${index} onlink src ${address}`;
  const table = 1000 + index;
  return [
    `addr replace ${address}/32 dev eth${index}`,
    `link set eth${index} up`,
    `route replace ${route} metric ${100 + index}`,
    `route replace ${route} table ${table}`,
    `rule add from ${address} lookup ${table}`,
  ];
}

/** Addresses and routes within the namespace of a holder; `fresh` when it was just made. */
export async function configureHolder(
  netd: Netd,
  tools: Tools,
  namespace: string,
  links: readonly PlacedLink[],
  fresh: boolean,
): Promise<void> {
  const commands = [...(fresh ? ['link set lo up'] : []), ...links.flatMap(holderCommands)];
  const result = await netd.run(['/bin/sh', '-c', holder, 'sh', tools.ip, fresh ? 'new' : 'old'], {
    env,
    network: namespace,
    input: `${commands.join('\n')}\n`,
  });
  const complaints = result.stderr
    .split('\n')
    .filter((line) => line !== '' && !/File exists|^Command failed/.test(line));
  if (complaints.length > 0 || (result.code !== 0 && result.stderr === ''))
    check(
      { ...result, code: 1, stderr: complaints.join('\n') },
      `cannot configure the namespace ${namespace}`,
    );
}

function check({ code, stderr }: RunResult, what: string): void {
  if (code === 0) return;
  throw new OperationError({
    code: 'network-refused',
    message: `${what}: ${stderr.trim() || `exit ${code}`}`,
    fix: 'run `fairway doctor`: it says what this machine forbids and how to allow it',
  });
}
