import type { Moved } from '../netd-client.ts';
import { startProcess, type InsideChild } from './process.ts';
import type { Report, Request } from './protocol.ts';

/**
 * netd: the one program that the region starts in its own user, network, mount and PID namespaces. It starts processes there
 * and speaks for them over IPC. It has no opinion of its own: whatever it loses the region for, it ends, and all ends with it.
 */
if (!process.send) {
  process.stderr.write('netd is started by the region\n');
  process.exit(2);
}
process.on('disconnect', () => process.exit(0));

const children = new Map<number, InsideChild>();

function report(message: Report): void {
  // The region may go at any moment, and netd with it: what it no longer hears is lost to nobody.
  if (process.connected) process.send?.(message, () => {});
}

function handle(request: Request, moved: Moved | undefined): void {
  if (request.type === 'spawn') {
    const child = startProcess(request, report, () => children.delete(request.id));
    if (child) children.set(request.id, child);
    return;
  }
  const child = children.get(request.id);
  switch (request.type) {
    case 'write':
      return child?.write(request.chunk);
    case 'end':
      return child?.end();
    case 'taken':
      return child?.taken(request.bytes);
    case 'message':
      if (child) return child.send(request.message, moved);
      if (moved && 'close' in moved) moved.close();
      return;
    case 'signal':
      return report({
        type: 'signalled',
        call: request.call,
        delivered: child?.signal(request.signal, request.depth) ?? false,
      });
  }
}
process.on('message', (message, moved) => handle(message as Request, moved as Moved | undefined));
report({ type: 'ready' });
