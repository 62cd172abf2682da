import type { Clock } from '../../common/clock.ts';
import { resolveOnHost } from '../dns/host-resolver.ts';
import type { InsideProcess, Netd } from './netd-client.ts';
import type { RouterOrder, RouterReport, RouterSettings } from './router/protocol.ts';

export interface RouterProgramOptions {
  readonly netd: Netd;
  readonly network: string;
  readonly program: string;
  readonly nodePath: string;
  readonly clock: Clock;
  readonly log: (message: string) => void;
}
/** The router program of a VPC as the region sees it: started when first configured, and again when it ends. */
export interface RouterProgram {
  /** Starts it without settings, so that it is up by the time they are known. */
  start(): void;
  /** Resolves when the settings are in force; those that are in force already cost nothing. */
  configure(settings: RouterSettings): Promise<void>;
  stop(): void;
}

export function routerProgram({
  netd,
  network,
  program,
  nodePath,
  clock,
  log,
}: RouterProgramOptions): RouterProgram {
  let running: InsideProcess | undefined;
  let settings: RouterSettings | undefined;
  let inForce = '';
  let version = 0;
  let stopped = false;
  const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();

  function start(): InsideProcess {
    const process = netd.spawn([nodePath, program], { ipc: true, network, env: { PATH: '/usr/bin:/bin' } });
    process.onStderr((chunk) => log(`router ${network}: ${chunk.toString().trimEnd()}`));
    process.onMessage((message) => receive(process, message as RouterReport));
    void process.exited.then(({ code, signal }) => {
      if (running !== process) return;
      running = undefined;
      inForce = '';
      for (const { reject } of waiting.values()) reject(new Error('the router program ended'));
      waiting.clear();
      if (stopped) return;
      log(`router ${network}: ended (${signal ?? code}), starting it again`);
      clock.schedule(200, () => {
        if (settings && !stopped && !running)
          void configure(settings).catch((error: Error) => log(error.message));
      });
    });
    return process;
  }
  function receive(process: InsideProcess, report: RouterReport): void {
    switch (report.type) {
      case 'forward':
        void resolveOnHost(report.question).then((answer) =>
          process.send({ type: 'forwarded', id: report.id, answer } satisfies RouterOrder),
        );
        return;
      case 'configured':
        waiting.get(report.version)?.resolve();
        break;
      case 'failed':
        waiting.get(report.version)?.reject(new Error(`router ${network}: ${report.message}`));
    }
    waiting.delete(report.version);
  }
  async function configure(wanted: RouterSettings): Promise<void> {
    settings = wanted;
    const text = JSON.stringify(wanted);
    if (text === inForce && running) return;
    running ??= start();
    const order: RouterOrder = { type: 'configure', version: version++, settings: wanted };
    const done = new Promise<void>((resolve, reject) => void waiting.set(order.version, { resolve, reject }));
    running.send(order);
    await done;
    inForce = text;
  }
  return {
    start: () => void (running ??= start()),
    configure,
    stop() {
      stopped = true;
      void running?.signal('SIGKILL');
    },
  };
}
