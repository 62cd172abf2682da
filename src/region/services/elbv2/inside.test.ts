import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../common/clock.ts';
import { exchange } from '../../balancer/testing.ts';
import { namespaceOf } from '../../network/namespace.ts';
import type { Netd } from '../../network/netd-client.ts';
import { startNetd } from '../../network/start-netd.ts';
import { bundlePrograms, findTestTools, type Programs } from '../../network/testing/programs.ts';
import type { Region } from '../../region.ts';
import type { DesiredConfig } from './config.ts';
import { startProgram } from './program.ts';
import { balancerProgram } from './test-region.ts';

let programs: Programs;
let netd: Netd;
beforeAll(async () => {
  programs = await bundlePrograms();
  netd = await startNetd({ program: programs.netd, tools: await findTestTools(), log: () => {} });
});
afterAll(async () => {
  await netd.close();
  programs.remove();
});

const config: DesiredConfig = {
  dnsName: 'lb',
  nodes: [],
  settings: {
    idleTimeoutSeconds: 60,
    clientKeepAliveSeconds: 3600,
    dropInvalidHeaderFields: false,
    preserveHostHeader: false,
    forwardedForMode: 'append',
    forwardedForClientPort: false,
  },
  listeners: [
    {
      arn: 'listener',
      port: 80,
      admittedCidrs: ['127.0.0.1/32'],
      rules: [{ conditions: [], action: { kind: 'fixed-response', status: 200, body: 'from inside' } }],
    },
  ],
  targetGroups: [],
};
const get = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

test('a host reaches the program in its namespace, from the moment on in which its port is open', async () => {
  const { ip } = await findTestTools();
  const description = 'ELB app/web/1';
  await netd.run([ip, 'netns', 'add', namespaceOf(description)]);
  const early: Promise<string>[] = [];
  let port = 0;
  const hostPorts = {
    async claimSockets() {
      const server = createServer({ pauseOnConnect: true });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
      // These arrive before the program has the socket: here, on the way, or there, each is answered.
      for (let count = 0; count < 20; count++) early.push(exchange(port, get));
      return { port, server };
    },
    release: () => {},
  };
  const region = { clock: systemClock, log: () => {}, plane: { netd, hostPorts } } as unknown as Region;
  const argv = [process.execPath, await balancerProgram()];
  const program = startProgram({
    region,
    name: 'web',
    description,
    argv,
    onMessage: () => {},
    onChange: () => {},
  });
  program.configure(config, (same) => same);
  await program.serve([{ arn: 'listener', port: 80, transports: ['tcp'] }]);
  for (const answer of [...early, exchange(port, get)])
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK[^]*from inside$/);
  await program.stop();
  await expect(exchange(port, get)).rejects.toThrow('ECONNREFUSED');
});
