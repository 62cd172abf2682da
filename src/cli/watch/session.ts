import { posix, resolve } from 'node:path';
import { InputError, OperationError } from '../../common/problem.ts';
import { parseIgnoreRules, readIgnoreRules, type IgnoreRules } from '../../region/runtime/build/ignore.ts';
import type { ControlClient } from '../../region/process/control-client.ts';
import type { Swapped } from '../../region/process/protocol.ts';
import { buildImages } from '../images.ts';
import type { Project } from '../project.ts';
import { duration, type Terminal } from '../terminal.ts';
import { watchPaths } from './changes.ts';
import { inside, type ServiceRule, watchRules, type Work, workFor } from './rules.ts';

export interface WatchSession {
  readonly terminal: Terminal;
  readonly project: Project;
  readonly control: ControlClient;
  readonly builder?: string | undefined;
  /** Ends the session. */
  readonly signal: AbortSignal;
}

/**
 * Follows the sources of a project that runs: an edit restarts the programs of the service it belongs to, in their tasks and at
 * their addresses, with a new image where one is built. Nothing is deployed by it: the next `up` does that.
 */
export async function watchProject(session: WatchSession): Promise<void> {
  const { terminal, project, signal } = session;
  const { rules, ignoreRules } = await readRules(project);
  if (rules.length === 0)
    throw new InputError([
      {
        code: 'watch-nothing',
        message: `no service of ${project.app.name} is built here or has develop.watch: there is nothing to watch`,
        position: project.app.position,
        fix: 'write `build:` for a service, or `develop: {watch: [{action: sync+restart, path: ./src, target: /app/src}]}`',
      },
    ]);
  const waiting = new Map<string, Set<string>>();
  const busy = new Map<string, Promise<void>>();

  function take(paths: readonly string[]): void {
    for (const work of workFor(rules, paths)) {
      const edits = waiting.get(work.service) ?? new Set();
      for (const path of paths) edits.add(path);
      waiting.set(work.service, edits);
      if (!busy.has(work.service))
        busy.set(
          work.service,
          run(work.service).finally(() => busy.delete(work.service)),
        );
    }
  }
  /** One burst after the other; what comes while one is worked on is taken together. */
  async function run(service: string): Promise<void> {
    for (;;) {
      const edits = waiting.get(service);
      if (!edits || signal.aborted) return;
      waiting.delete(service);
      const own = rules.filter((rule) => rule.service === service);
      for (const work of workFor(own, [...edits]))
        await perform(session, work, [...edits]).catch(report(session, service));
    }
  }

  const skips = (directory: string) =>
    rules.every((rule) => {
      const below = inside(rule.path, directory);
      return below === undefined || below === ''
        ? below === undefined
        : rule.ignores(below) && prunes(rule, ignoreRules);
    });
  const watching = watchPaths([...new Set(rules.map(({ path }) => path))], skips, take);
  await watching.ready;
  for (const rule of rules.filter(({ initialSync }) => initialSync))
    await perform(
      session,
      { service: rule.service, action: 'sync', copies: [{ source: rule.path, target: rule.target ?? '/' }] },
      [rule.path],
    ).catch(report(session, rule.service));
  const names = [...new Set(rules.map(({ service }) => service))].sort();
  terminal.err(`\nwatching ${names.join(', ')} (Ctrl-C ends)\n`);
  await new Promise<void>((end) => {
    if (signal.aborted) end();
    signal.addEventListener('abort', () => end(), { once: true });
  });
  watching.close();
  await Promise.all(busy.values());
}

async function readRules({ app }: Project) {
  const ignoreRules = new Map<string, IgnoreRules>();
  for (const { build } of app.services)
    if (build) {
      const context = resolve(app.directory, build.context);
      ignoreRules.set(context, await readIgnoreRules(context, build.dockerfile));
    }
  const patterns = (text: string) => parseIgnoreRules(text, 'develop.watch');
  return { ignoreRules, rules: watchRules(app, patterns, (context) => ignoreRules.get(context)!) };
}

/** Whether nothing below an ignored folder can be of concern. */
const prunes = ({ path }: ServiceRule, ignoreRules: ReadonlyMap<string, IgnoreRules>): boolean =>
  [...ignoreRules].every(([context, rules]) => inside(context, path) === undefined || rules.prunes);

async function perform(
  { terminal, project, control, builder }: WatchSession,
  work: Work,
  edits: readonly string[],
): Promise<void> {
  const began = Date.now();
  const { service, action, copies, exec } = work;
  const { app, design } = project;
  let image: string | undefined;
  if (action === 'rebuild') {
    const parameters = design.parameters.filter(
      (parameter) => parameter.service === service && parameter.kind === 'image',
    );
    [image] = (await buildImages(terminal, { app, design: { ...design, parameters } }, control, builder)).map(
      ({ ParameterValue }) => ParameterValue,
    );
  }
  const { tasks } = await control.post<Swapped>('swap', {
    stack: app.name,
    service,
    copies,
    restart: action === 'rebuild' || action === 'restart' || action === 'sync+restart',
    ...(image === undefined ? {} : { image }),
    ...(exec && action === 'sync+exec' ? { exec } : {}),
  });
  const named = edits
    .slice(0, 3)
    .map((path) => posix.relative(app.directory, path))
    .join(', ');
  const more = edits.length > 3 ? ` and ${edits.length - 3} more` : '';
  const done = action.startsWith('sync') && action !== 'sync+restart' ? 'synced' : 'restarted';
  const count = tasks === 1 ? '1 task' : `${tasks} tasks`;
  terminal.err(
    `${terminal.style.dim(`${service}:`)} ${named}${more} → ${done} in ${count} (${duration(Date.now() - began)})\n`,
  );
}

/** A file that does not compile is mended by the next edit: the session goes on. */
const report =
  ({ terminal }: WatchSession, service: string) =>
  (error: unknown): void => {
    if (!(error instanceof InputError) && !(error instanceof OperationError)) throw error;
    terminal.err(`${terminal.style.red(`${service}:`)} ${error.message}\n`);
  };
