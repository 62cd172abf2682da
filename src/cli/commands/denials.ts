import type { NamedDenial, Party } from '../../region/process/protocol.ts';
import type { Command } from '../command.ts';
import { requireLocal } from '../local.ts';
import { table } from '../terminal.ts';

export const command: Command = {
  name: 'denials',
  summary: 'Show the packets that were dropped, and what decided it',
  usage: '[OPTIONS]',
  details:
    'One row for each flow that a security group, a network ACL or a route table stopped, newest first.\nOn AWS such a connection times out, and nothing says why.',
  options: [{ name: 'json', help: 'print JSON, for programs' }],
  arguments: [0, 0],
  async run(invocation) {
    const { terminal } = invocation;
    const { control } = await requireLocal(invocation);
    const denials = await control.get<readonly NamedDenial[]>('denials');
    control.close();
    if (invocation.flag('json')) {
      terminal.out(`${JSON.stringify(denials, null, 2)}\n`);
      return 0;
    }
    if (denials.length === 0) {
      terminal.out('nothing was dropped\n');
      return 0;
    }
    const { dim, red } = terminal.outStyle;
    const rows = denials.map(({ from, to, protocol, port, reason, count, lastSeen }) => [
      new Date(lastSeen).toTimeString().slice(0, 8),
      party(from),
      party(to),
      `${port}/${protocol}`,
      `×${count}`,
      red(reason),
    ]);
    const head = ['LAST', 'FROM', 'TO', 'PORT', 'TIMES', 'DECIDED BY'].map(dim);
    terminal.out(`${table([head, ...rows])}\n`);
    return 0;
  },
};

const party = ({ name, address }: Party): string => (name ? `${name} (${address})` : address);
