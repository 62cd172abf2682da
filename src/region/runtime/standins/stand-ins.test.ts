import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, liveRuntime, type LiveRuntime, outputOf } from '../testing/live-runtime.ts';

let live: LiveRuntime;
beforeAll(async () => {
  live = await liveRuntime();
});
afterAll(() => live.stop());

const answered = (container: Awaited<ReturnType<LiveRuntime['start']>>, argv: readonly string[]) =>
  eventually(
    async () => {
      const { code, text } = await outputOf(container.exec(argv));
      return code === 0 ? text : undefined;
    },
    `${argv.join(' ')}: ${container.output()}`,
  );

describe('stand-ins', () => {
  it('are announced, for any tag, and refused for a digest', async () => {
    const told: string[] = [];
    const image = await live.runtime.resolve('docker.io/library/redis:7.2-alpine', (line) => told.push(line));
    expect(told.at(-1)).toMatch(
      /^docker\.io\/library\/redis:7\.2-alpine stands in: redis-server \d+\.\d+\.\d+ from Debian packages \(asked for 7\.2\)$/,
    );
    expect(image.config.exposedPorts).toEqual([{ port: 6379, protocol: 'tcp' }]);
    expect((await live.runtime.resolve('redis')).digest).toBe(image.digest);
    await expect(live.runtime.resolve(`redis@sha256:${'0'.repeat(64)}`)).rejects.toThrow(
      'pinned to a digest',
    );
    await expect(live.runtime.resolve('mongo:7')).rejects.toThrow(
      /^CannotPullContainerError: .*mongo:7: .*nothing on this machine stands in for it/,
    );
    expect(await live.runtime.probe('redis:7.2')).toEqual({ available: true, standIn: image.standIn });
    expect(await live.runtime.probe('ghcr.io/a/b')).toMatchObject({ available: false });
  });

  it('redis keeps its data in a volume, and takes options alone', async () => {
    const mounts = [{ kind: 'volume', source: 'data', target: '/data', readonly: false }] as const;
    const entry = ['docker-entrypoint.sh', '--appendonly', 'yes'];
    const first = await live.start('redis:7', { mounts, argv: entry });
    expect(await answered(first, ['redis-cli', 'set', 'k', 'v'])).toBe('OK\n');
    await first.signal('SIGTERM');
    expect((await first.exited).code).toBe(0);
    await first.remove();
    const second = await live.start('redis:7', { mounts, argv: entry });
    expect(await answered(second, ['sh', '-c', 'redis-cli get k | grep -x v'])).toBe('v\n');
    expect(await answered(second, ['redis-cli', 'config', 'get', 'protected-mode'])).toBe(
      'protected-mode\nno\n',
    );
    await second.remove();
  });

  it('nginx serves pages and templates and writes its logs to the outputs', async () => {
    const templates = live.folder('templates');
    writeFileSync(
      join(templates, 'default.conf.template'),
      'server { listen ${PORT}; location / { return 200 "$uri of ${NAME}\\n"; } }\n',
    );
    const container = await live.start('nginx:1.27', {
      environment: { PORT: '8081', NAME: 'web' },
      mounts: [{ kind: 'bind', source: templates, target: '/etc/nginx/templates', readonly: true }],
    });
    expect(await answered(container, ['curl', '-sf', 'http://127.0.0.1:8081/x'])).toBe('/x of web\n');
    await eventually(
      async () => (container.output().includes('GET /x') ? true : undefined),
      'the access log is written',
    );
    await container.signal('SIGQUIT');
    expect((await container.exited).code).toBe(0);
    await container.remove();
  });

  it('node has npm and the certificates of the public authorities', async () => {
    const { code, stdout } = await live.run('node:20', [
      'docker-entrypoint.sh',
      '-p',
      'const fs = require("node:fs"); const { execSync } = require("node:child_process"); [process.version, /^\\d+\\./.test(execSync("npm --version")), fs.readFileSync("/etc/ssl/certs/ca-certificates.crt", "utf8").split("BEGIN").length > 100, process.env.NODE_VERSION].join()',
    ]);
    expect([code, stdout]).toEqual([0, `${process.version},true,true,${process.version.slice(1)}\n`]);
  });
});
