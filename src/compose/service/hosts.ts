import type { Position } from '../../common/problem.ts';
import { type Field, type Findings, list, text, wrong } from '../read.ts';

/**
 * Checks `extra_hosts`: a task has no /etc/hosts entries of its own.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
export function checkExtraHosts(found: Findings, at: Field | undefined): void {
  for (const { host, address, position } of entriesOf(found, at))
    if (address === 'host-gateway')
      found.notices.push({
        code: 'compose-not-enacted',
        message: `${at?.name}: ${host} is not enacted: a Fargate task has no host to reach`,
        position,
      });
    else
      wrong(
        found,
        position,
        `${at?.name} gives ${host} an address, and Fargate writes no /etc/hosts entries`,
        'write the address where the name is used, or a name that DNS knows',
        'compose-refused',
      );
}

interface Host {
  readonly host: string;
  readonly address: string;
  readonly position: Position;
}

/** `{name: address}`, or a list of `name=address` or `name:address`. */
function entriesOf(found: Findings, at: Field | undefined): Host[] {
  if (at?.tree.kind === 'map')
    return [...at.tree.entries].map(([host, { value }]) => ({
      host,
      address: value.kind === 'scalar' ? value.text : '',
      position: value.position,
    }));
  return list(found, at).flatMap((tree, index) => {
    const written = text(found, { tree, name: `${at?.name}[${index}]` });
    if (!written) return [];
    const [, host = written.value, address = ''] = /^([^=:]+)[=:](.*)$/.exec(written.value) ?? [];
    return [{ host, address, position: written.position }];
  });
}
