import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../common/clock.ts';
import { assembleRegion } from './assemble.ts';
import { createGateway } from './gateway/gateway.ts';
import { listenLocal, listenSocket } from './gateway/listen.ts';
import { createHostPorts } from './host-ports.ts';
import { createNetwork } from './network/create-network.ts';
import { startNetd } from './network/start-netd.ts';
import { findTools } from './network/tools.ts';
import { createControl } from './process/control.ts';
import { isIdle, watchIdle } from './process/idle.ts';
import { takeLock } from './process/lock.ts';
import { pathsOf } from './process/paths.ts';
import type { RegionInfo } from './process/protocol.ts';
import { createRuntime } from './runtime/create-runtime.ts';
import { openStore } from './store/store.ts';

/** The region process: one per user, started by the first command that needs it. */
async function main(): Promise<void> {
  const startedAt = Date.now();
  const paths = pathsOf(process.env);
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  chmodSync(paths.state, 0o700);
  mkdirSync(dirname(paths.socket), { recursive: true, mode: 0o700 });
  if (!takeLock(paths.lock)) return;
}

const log = (message: string) => console.error(`${new Date().toISOString()} ${message}`);

process.on('uncaughtException', (error) => {
  log(`uncaught: ${error.stack ?? error.message}`);
  process.exit(1);
});
await main();
