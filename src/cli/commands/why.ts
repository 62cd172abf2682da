import type { Subject } from '../check/subject.ts';
import type { Command, Invocation } from '../command.ts';
import { remoteOptions } from '../remote-options.ts';
import type { Leg } from '../why/routes.ts';

const EXIT = { holds: 0, fails: 1, 'cannot-tell': 3 } as const;

export const command: Command = {
  name: 'why',
  summary: 'Show how one end reaches another, and what decides on the way',
  usage: '[OPTIONS] FROM TO[:PORT]',
  details:
    'FROM and TO: a service, a task definition, a load balancer, a database, a discovery name; internet; aws:secretsmanager;\nan address. -f names a compose file, a template or a CDK assembly. Exits 0 where the way is open, 1 where it is closed,\n3 where it cannot be told.',
  options: [
    { name: 'parameter', value: 'NAME=VALUE', multiple: true, help: 'value of a template parameter' },
    { name: 'json', help: 'print JSON, for programs' },
    { name: 'all', help: 'every way there is, not only the first' },
    { name: 'live', help: 'of what runs: the local region, or AWS with --region or --endpoint-url' },
    { name: 'recorded', value: 'FOLDER', help: 'with --live: answers that were written down before' },
    ...remoteOptions,
  ],
  arguments: [2, 2],
  async run(invocation) {
    const [from = '', to = ''] = invocation.positionals;
    const [{ endNamed, splitPort }, { routesBetween }, { renderRoute, routeJson }] = await Promise.all([
      import('../why/ends.ts'),
      import('../why/routes.ts'),
      import('../why/render.ts'),
    ]);
    const subject = await subjectOf(invocation);
    const { context, positionOf } = subject;
    const { name, port } = splitPort(to);
    const routes = routesBetween(context, {
      from: endNamed(splitPort(from).name, context),
      to: endNamed(name, context),
      port,
    });
    const shown = invocation.flag('all') ? routes : routes.slice(0, 1);
    const { terminal } = invocation;
    if (invocation.flag('json'))
      terminal.out(
        `${JSON.stringify({ verdict: routes[0]!.verdict, routes: shown.map((route) => routeJson(route, positionOf)) }, null, 2)}\n`,
      );
    else
      terminal.out(
        `${shown.map((route) => renderRoute(route, positionOf, terminal.outStyle)).join('\n\n')}\n`,
      );
    const advice =
      routes[0]!.verdict === 'fails' ? composeAdvice(subject, routes[0]!.legs.at(-1)!) : undefined;
    if (advice !== undefined && !invocation.flag('json')) terminal.out(`\n${advice}\n`);
    return EXIT[routes[0]!.verdict];
  },
};

/** Of a project the template is not written by hand: who calls whom is said in the compose file. */
function composeAdvice({ kind, madeFrom, context }: Subject, { from, to, port }: Leg): string | undefined {
  const service = (name: string): string | undefined => {
    const party = [...context.parties.values()].find((each) => each.name === name);
    return party && /^service (.+)$/.exec(madeFrom?.(party.id) ?? '')?.[1];
  };
  const [caller, called] = [service(from), service(to)];
  if (kind !== 'compose' || caller === undefined || called === undefined) return undefined;
  return `in the compose file, under services.${caller}:  x-aws: {calls: ["${called}:${port}"]}`;
}

async function subjectOf(invocation: Invocation) {
  if (invocation.flag('live')) {
    const { liveSubject } = await import('../check/live/subject.ts');
    return liveSubject(invocation);
  }
  const { loadSubjects } = await import('../check/load.ts');
  const files = invocation.texts('file');
  const subjects = await loadSubjects(invocation, files);
  return subjects[0]!;
}
