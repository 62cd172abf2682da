import { examine, type Finding } from '../../region/process/doctor.ts';
import { pathsOf } from '../../region/process/paths.ts';
import { describeTime, isOrdinaryTime } from '../../region/process/settings.ts';
import type { Command, Invocation } from '../command.ts';
import { findLocal } from '../local.ts';
import { table } from '../terminal.ts';

export const command: Command = {
  name: 'doctor',
  summary: 'Tell what this machine can and cannot do',
  usage: '[OPTIONS]',
  details: 'Exits with 1 when something is missing that `up` needs.',
  options: [{ name: 'json', help: 'print JSON, for programs' }],
  arguments: [0, 0],
  async run({ terminal, env, flag }) {
    const findings = [...(await examine(pathsOf(env).cache)), ...(await timeOf({ env }))];
    const missing = findings.some(({ state }) => state === 'missing');
    if (flag('json')) {
      terminal.out(`${JSON.stringify(findings, null, 2)}\n`);
      return missing ? 1 : 0;
    }
    const { green, yellow, red, dim, bold } = terminal.outStyle;
    const marks = { good: green('✓'), limited: yellow('!'), missing: red('✗') };
    const rows = findings.flatMap(({ name, state, detail, remedy }) => [
      [marks[state], bold(name), detail],
      ...(remedy === undefined ? [] : [['', '', dim(`→ ${remedy}`)]]),
    ]);
    terminal.out(`${table(rows)}\n`);
    return missing ? 1 : 0;
  },
};

/** Of a region that runs with another time than the machine's. */
async function timeOf(invocation: Pick<Invocation, 'env'>): Promise<readonly Finding[]> {
  const found = await findLocal(invocation);
  found?.control.close();
  if (!found || isOrdinaryTime(found.info.settings)) return [];
  const detail = `the region that runs has ${describeTime(found.info.settings)}: docs/rollouts.md says what that means`;
  return [{ name: 'time', state: 'limited', detail }];
}
