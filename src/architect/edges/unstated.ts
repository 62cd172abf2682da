import type { App } from '../../compose/app.ts';
import type { Problem } from '../../common/problem.ts';
import type { Edge } from '../design-model.ts';
import type { SourceText } from '../options.ts';
import { compareText } from '../naming.ts';
import { members, type Task } from '../tasks.ts';
import { sharesNetwork } from './edges.ts';
import { textMentions } from './mentions.ts';
import { hostNames } from './names.ts';
import { configurationTexts } from './unreached.ts';

/** A URL or `host:port` in a file, at which no edge leads. */
export interface UnstatedCall {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly where: string;
}

/** Calls that files speak of and the compose file does not. */
export function unstatedCalls(
  app: App,
  tasks: readonly Task[],
  edges: readonly Edge[],
  texts: readonly SourceText[],
): readonly UnstatedCall[] {
  const lookup = hostNames(app);
  const services = new Map(app.services.map((service) => [service.name, service]));
  const taskOf = (name: string) =>
    tasks.filter((task) => members(task).some((member) => member.name === name));
  const found = new Map<string, UnstatedCall>();
  for (const { service: from, file, text } of [...configurationTexts(app), ...texts])
    for (const { service: to, port } of textMentions(text, lookup)) {
      const [caller, called] = [services.get(from), services.get(to)];
      if (port === undefined || from === to || !caller || !called || !sharesNetwork(caller, called)) continue;
      const known = taskOf(from).every((task) =>
        taskOf(to).every(
          (other) =>
            task === other ||
            other.kind === 'once' ||
            edges.some(
              (edge) => edge.from === task.owner.name && edge.to === other.owner.name && edge.port === port,
            ),
        ),
      );
      const key = `${from} ${to} ${port}`;
      if (!known && !found.has(key)) found.set(key, { from, to, port, where: file });
    }
  return [...found.values()].sort(
    (a, b) => compareText(a.from, b.from) || compareText(a.to, b.to) || a.port - b.port,
  );
}

/** A configuration that is mounted speaks for itself; it may speak of what is switched off, all the same. */
export const unstatedNotices = (app: App, calls: readonly UnstatedCall[]): Problem[] =>
  calls.map(({ from, to, port, where }) => ({
    code: 'call-unstated',
    message: `${where} of ${from} names ${to}:${port}, and nothing lets ${from} call it: such a connection would be dropped`,
    position: app.services.find(({ name }) => name === from)?.position,
    fix: `where it does, write services.${from}:  x-aws: {calls: ["${to}:${port}"]}`,
  }));
