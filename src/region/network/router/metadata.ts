import { createServer, type Server } from 'node:net';
import { taskMetadataAddress } from '../compiler/addresses.ts';
import { carry } from './carry.ts';
import type { EgressSettings } from './protocol.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html */
const PORT = 80;

/** Takes what tasks ask of their metadata endpoint, and hands it to the region with the address of who asks. */
export function startMetadata(): { configure(settings: EgressSettings): Promise<void> } {
  let server: Server | undefined;
  return {
    async configure(settings) {
      if (server) return;
      const listening = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (inside) => {
        inside.on('error', () => {});
        carry(inside, settings, {
          address: taskMetadataAddress,
          port: PORT,
          from: inside.remoteAddress ?? '',
        });
      });
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject);
        listening.listen({ host: taskMetadataAddress, port: PORT }, resolve);
      });
      server = listening;
    },
  };
}
