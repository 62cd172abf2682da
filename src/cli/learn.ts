import { stringify } from 'yaml';
import type { Edge } from '../architect/design-model.ts';
import type { ControlClient } from '../region/process/control-client.ts';
import type { ObservedFlows } from '../region/process/protocol.ts';
import type { Project } from './project.ts';
import type { Terminal } from './terminal.ts';

const LOOK_MS = 500;

/** Who called whom, as it was seen. */
export type Call = Pick<Edge, 'from' | 'to' | 'port'>;

/**
 * Watches what services really connect to, until the signal comes; then prints the x-aws lines that say so. The project runs with
 * its networks open to their members meanwhile.
 */
export async function learnCalls(
  terminal: Terminal,
  project: Project,
  control: ControlClient,
  signal: AbortSignal,
): Promise<void> {
  const { app, design } = project;
  const seen = new Map<string, Call>();
  const look = async () => {
    const { flows } = await control.get<ObservedFlows>(`flows?stack=${encodeURIComponent(app.name)}`);
    for (const call of callsIn(flows, project)) {
      const key = `${call.from} ${call.to} ${call.port}`;
      if (seen.has(key)) continue;
      seen.set(key, call);
      const known = design.edges.some((edge) => sameCall(edge, call));
      terminal.err(
        `${terminal.style.dim('seen:')} ${call.from} → ${call.to}:${call.port}${known ? terminal.style.dim(' (known)') : ''}\n`,
      );
    }
  };
  terminal.err(
    '\nlearning: every service may call those of its networks. Use the system now; Ctrl-C ends it.\n',
  );
  while (!signal.aborted) {
    await look();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
  await look();
  await control.post('flows', { stack: app.name, observe: false });
  const proposal = proposedLines(project, [...seen.values()]);
  if (proposal === '') {
    terminal.err('\nnothing was seen that the compose file does not say already\n');
    return;
  }
  terminal.err(`\nadd these lines to ${app.files[0] ?? 'the compose file'}, and run fairway up again:\n\n`);
  terminal.out(proposal);
}

/** Connections between services of the project; what load balancers, resolvers and the outside had to do with it is none. */
function callsIn(flows: ObservedFlows['flows'], { app }: Project): Call[] {
  const names = new Set(app.services.map(({ name }) => name));
  return flows.flatMap(({ kind, from, to, protocol, port }) =>
    kind === 'service' &&
    protocol === 'tcp' &&
    names.has(from.name ?? '') &&
    names.has(to.name ?? '') &&
    from.name !== to.name
      ? [{ from: from.name!, to: to.name!, port }]
      : [],
  );
}

const sameCall = (one: Call, other: Call): boolean =>
  one.from === other.from && one.to === other.to && one.port === other.port;

/** The lines that a compose file lacks: `calls` of those who called, `worker` of those whom nobody called and nobody publishes. */
export function proposedLines({ app, design }: Project, calls: readonly Call[]): string {
  const fresh = calls.filter((call) => !design.edges.some((edge) => sameCall(edge, call)));
  const all = [...design.edges, ...fresh];
  const services = app.services.flatMap(({ name, settings, ports, lifetime }) => {
    const own = fresh
      .filter(({ from }) => from === name)
      .map(({ to, port }) => `${to}:${port}`)
      .sort();
    const reached = all.some(({ to }) => to === name) || (settings.public && ports.length > 0);
    const worker = !reached && !settings.worker && lifetime === 'service';
    if (own.length === 0 && !worker) return [];
    const lines = { ...(own.length > 0 ? { calls: own } : {}), ...(worker ? { worker: true } : {}) };
    return [[name, { 'x-aws': lines }] as const];
  });
  if (services.length === 0) return '';
  return stringify({ services: Object.fromEntries(services) });
}
