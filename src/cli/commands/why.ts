import type { Command, Invocation } from '../command.ts';
import { remoteOptions } from '../remote-options.ts';

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
    const { context, positionOf } = await subjectOf(invocation);
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
    return EXIT[routes[0]!.verdict];
  },
};

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
