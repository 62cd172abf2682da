import { type App, type Service, volumeMounts } from '../../compose/app.ts';
import { findEdges } from '../edges/edges.ts';
import { openServices } from '../edges/unreached.ts';
import { unstatedCalls } from '../edges/unstated.ts';
import { uncheckedListeners } from '../exposure/network.ts';
import { publish } from '../exposure/publish.ts';
import { compareText } from '../naming.ts';
import type { DesignOptions } from '../options.ts';
import { ascending, listeningPorts } from '../ports.ts';
import { groupTasks } from '../tasks.ts';
import { bindQuestions } from './binds.ts';
import { callerQuestion, callQuestion } from './calls.ts';
import { checkQuestion } from './checks.ts';
import type { Question } from './model.ts';
import { portQuestion } from './ports.ts';
import { volumeQuestion } from './volumes.ts';

/** Everything that a design for AWS would ask for, and the lines that answer it. */
export function openQuestions(app: App, options: DesignOptions): readonly Question[] {
  const { texts = () => [] } = options;
  const services = [...app.services].sort((a, b) => compareText(a.name, b.name));
  const sorted: App = { ...app, services };
  const { tasks } = groupTasks(services);
  const ports = new Map(
    tasks.map(({ owner, sidecars }) => [owner.name, ascending([owner, ...sidecars].flatMap(listeningPorts))]),
  );
  const { edges, unknownPorts } = findEdges(sorted, tasks, ports);
  const open = openServices(sorted, tasks, edges, texts);
  const told = new Set(
    open
      .filter(({ callers }) => callers.some(({ port }) => port !== undefined))
      .map(({ service }) => service.name),
  );
  const isOpen = (name: string) => open.some(({ service }) => service.name === name);
  const named = (name: string): Service => services.find((service) => service.name === name)!;
  return [
    ...services
      .filter(({ name }) => unknownPorts.has(name) && !told.has(name))
      .map((service) => portQuestion(service)),
    ...open
      .filter(({ worker, service: { name } }) => !worker && (told.has(name) || !unknownPorts.has(name)))
      .map((one) => callerQuestion(sorted, one)),
    ...unstatedCalls(sorted, tasks, edges, texts('all'))
      .filter(({ to }) => !isOpen(to))
      .map((call) => callQuestion(sorted, call)),
    ...uncheckedListeners(publish(tasks).publicServices, ports).map(({ service, containerPort }) =>
      checkQuestion(named(service), containerPort),
    ),
    ...services.flatMap((service) => bindQuestions(app, service, options)),
    ...app.volumes
      .filter(({ state }) => state === undefined)
      .flatMap((volume) => {
        const user = services.find((service) =>
          volumeMounts(service).some((mount) => mount.volume === volume.name),
        );
        return user ? [volumeQuestion(volume, user)] : [];
      }),
  ];
}
