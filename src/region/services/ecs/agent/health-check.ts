import type { HealthCheck } from '@aws-sdk/client-ecs';
import type { Clock } from '../../../../common/clock.ts';
import type { InsideProcess } from '../../../network/netd-client.ts';
import type { Pace } from '../../../region.ts';
import type { Container } from '../../../runtime/runtime.ts';

export interface HealthCheckOptions {
  readonly clock: Clock;
  readonly pace: Pace;
  readonly check: HealthCheck;
  readonly container: Pick<Container, 'exec'>;
  /** `said`: the last that the check's program said. */
  readonly onStatus: (status: 'HEALTHY' | 'UNHEALTHY', said: string) => void;
}

const KEPT_SIGNS = 2_000;

/** The first looks of an unready program at an eager pace, in milliseconds: their success counts, their failure does not. */
const early: Readonly<Record<Pace, readonly number[]>> = { eager: [200, 400, 800, 1600, 3200], aws: [] };

/**
 * Runs a container's health check until stopped: unhealthy after `retries` failures in a row, failures of checks that began within
 * `startPeriod` not counted unless it was healthy before. The first begins one interval after the start, each other one interval after
 * the end of the one before. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
 */
export function startHealthCheck({
  clock,
  pace,
  check,
  container,
  onStatus,
}: HealthCheckOptions): () => void {
  const earlyLooks = early[pace];
  const { interval = 30, timeout = 5, retries = 3, startPeriod = 0 } = check;
  const argv = healthCommand(check.command ?? []);
  const startedAt = clock.now();
  let failures = 0;
  let everHealthy = false;
  let stopped = false;
  let said = '';
  let cancel = () => {};

  /** A container that has just ended can run nothing. */
  function run(): InsideProcess | undefined {
    try {
      return container.exec(argv);
    } catch {
      return undefined;
    }
  }
  async function probe(): Promise<boolean> {
    const process = run();
    if (!process) return false;
    let expire = () => {};
    const expired = new Promise<boolean>((resolve) => {
      expire = clock.schedule(timeout * 1000, () => {
        void process.signal('SIGKILL').catch(() => {});
        said ||= `nothing within ${timeout} s`;
        resolve(false);
      });
    });
    said = '';
    process.started.catch((error: Error) => (said = error.message));
    const listen = (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-KEPT_SIGNS));
    process.onStdout(listen);
    process.onStderr(listen);
    const ended = process.exited.then(
      ({ code }) => code === 0,
      () => false,
    );
    const healthy = await Promise.race([ended, expired]);
    expire();
    return healthy;
  }
  function judge(healthy: boolean, beganAt: number): void {
    if (healthy) {
      failures = 0;
      everHealthy = true;
      onStatus('HEALTHY', said);
      return;
    }
    const forgiven = !everHealthy && beganAt - startedAt < startPeriod * 1000;
    if (!forgiven && ++failures >= retries) onStatus('UNHEALTHY', said);
  }
  function schedule(delay: number, attempt: number): void {
    if (stopped) return;
    cancel = clock.schedule(delay, () => void look(attempt));
  }
  async function look(attempt: number): Promise<void> {
    const beganAt = clock.now();
    const healthy = await probe();
    if (stopped) return;
    if (healthy || attempt >= earlyLooks.length) judge(healthy, beganAt);
    next(everHealthy ? earlyLooks.length : attempt + 1);
  }
  /** The regular rhythm begins one interval after the start. */
  function next(attempt: number): void {
    const waited = clock.now() - startedAt;
    const pause = earlyLooks[attempt];
    if (pause !== undefined && waited + pause < interval * 1000) schedule(pause, attempt);
    else if (!everHealthy && waited < interval * 1000) schedule(interval * 1000 - waited, earlyLooks.length);
    else schedule(interval * 1000, earlyLooks.length);
  }
  next(0);
  return () => {
    stopped = true;
    cancel();
  };
}

/** `CMD` runs a program, `CMD-SHELL` the container's shell. */
export function healthCommand([kind, ...rest]: readonly string[]): readonly string[] {
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...rest] : rest;
}
