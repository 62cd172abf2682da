import type { Clock } from '../../../common/clock.ts';
import { FAILED, HeadScanner, MORE, responseLimits } from '../http/head-scanner.ts';
import { parseResponseHead } from '../http/response-head.ts';
import type { HealthCheckConfig } from '../protocol.ts';
import type { Dial } from '../proxy/core.ts';
import { localHeader } from '../network/proxy-header.ts';
import { codeMatcher, type Outcome } from './health.ts';

export interface Probe {
  readonly dial: Dial;
  /** The machine's: a program answers in its own time, however fast that of the region goes. */
  readonly clock: Clock;
  readonly address: string;
  readonly port: number;
  readonly localAddress: string | undefined;
  readonly check: HealthCheckConfig;
}

/**
 * One health check: a request on a connection of its own, judged by its status. The returned function gives it up.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html (User-Agent and Host)
 */
export function probe(
  { dial, clock, address, port, localAddress, check }: Probe,
  onOutcome: (outcome: Outcome) => void,
): () => void {
  const socket = dial({ address, port, localAddress });
  const scanner = new HeadScanner(responseLimits);
  let settled = false;
  const settle = (outcome?: Outcome) => {
    if (settled) return;
    settled = true;
    cancelTimeout();
    socket.destroy();
    if (outcome) onOutcome(outcome);
  };
  const cancelTimeout = clock.schedule(check.timeoutMilliseconds, () => settle({ kind: 'timeout' }));
  socket.on('error', () => settle({ kind: 'failed' }));
  socket.on('close', () => settle({ kind: 'failed' }));
  const judge = (status: number): Outcome =>
    codeMatcher(check.matcher)(status) ? { kind: 'ok' } : { kind: 'mismatch', code: status };
  socket.on('data', (chunk: Buffer) => {
    for (let at = scanner.push(chunk, 0); at !== MORE; at = scanner.push(chunk, at)) {
      const head = at === FAILED ? undefined : parseResponseHead(scanner.text, false);
      // Interim answers are not what is asked for.
      if (head && head.status < 200) continue;
      settle(head ? judge(head.status) : { kind: 'failed' });
      return;
    }
  });
  if (check.proxyProtocol) socket.write(localHeader);
  if (check.protocol === 'TCP') {
    socket.on('connect', () => settle({ kind: 'ok' }));
    return () => settle();
  }
  const host = port === 80 ? address : `${address}:${port}`;
  socket.write(
    `GET ${check.path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\n\r\n`,
  );
  return () => settle();
}
