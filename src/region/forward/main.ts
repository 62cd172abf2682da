import { createCarrier } from './carrier.ts';
import type { ToForwarder } from './protocol.ts';

// In the network namespace of a task, for as long as the host talks to it. It ends with the channel to the region.
const [address = '', idleMilliseconds] = process.argv.slice(2);
const carrier = createCarrier({
  address,
  idleMilliseconds: Number(idleMilliseconds),
  send: (message) => void process.send?.(message, undefined, undefined, () => {}),
});
process.on('message', (message, handle) => carrier.take(message as ToForwarder, handle));
process.on('disconnect', () => process.exit(0));
