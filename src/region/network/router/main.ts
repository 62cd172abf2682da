import { startResolver } from '../../dns/resolver.ts';
import { startEgress } from './egress.ts';
import { createForwarder } from './forwarder.ts';
import { startMetadata } from './metadata.ts';
import type { RouterOrder, RouterReport } from './protocol.ts';

/** The program of a VPC's router: it answers DNS, and hands what leaves the VPC to the region. It runs in the router's namespace. */
if (!process.send) {
  process.stderr.write('the router program is started by the region\n');
  process.exit(2);
}
process.on('disconnect', () => process.exit(0));

function report(message: RouterReport): void {
  if (process.connected) process.send?.(message);
}
const forwarder = createForwarder(report);
const resolver = startResolver(forwarder.forward);
const metadata = startMetadata();
const egress = startEgress((message) => process.stderr.write(`${message}\n`));

let last = Promise.resolve();
process.on('message', (message) => {
  const order = message as RouterOrder;
  if (order.type === 'forwarded') return forwarder.answered(order.id, order.answer);
  const { settings, version } = order;
  last = last
    .then(() =>
      Promise.all([
        resolver.configure(settings),
        egress.configure(settings.egress),
        metadata.configure(settings.egress),
      ]),
    )
    .then(() => report({ type: 'configured', version }))
    .catch((error: unknown) =>
      report({ type: 'failed', version, message: error instanceof Error ? error.message : String(error) }),
    );
});
