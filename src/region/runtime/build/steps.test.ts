import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildRequest } from '../runtime.ts';
import { type LiveBuild, liveBuild } from './testing/live-build.ts';

let live: LiveBuild['live'];
let unique: LiveBuild['unique'];
let context: LiveBuild['context'];
let build: LiveBuild['build'];
let sh: LiveBuild['sh'];
beforeAll(async () => {
  ({ live, unique, context, build, sh } = await liveBuild());
});
afterAll(() => live.stop());

describe('the steps of a build', () => {
  it('sees nothing of the host in its steps, but the network', async () => {
    const folder = context({
      Dockerfile: `FROM node:20
ENV RUN=${unique}
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund && ls -a node_modules /.fairway /home && cat /proc/*/environ | tr '\\0' '\\n' | sort -u
`,
      'package.json': '{"name":"x","version":"1.0.0","dependencies":{"ms":"2.1.3"}}',
      'package-lock.json': JSON.stringify({
        name: 'x',
        version: '1.0.0',
        lockfileVersion: 3,
        packages: {
          '': { name: 'x', version: '1.0.0', dependencies: { ms: '2.1.3' } },
          'node_modules/ms': {
            version: '2.1.3',
            resolved: 'https://registry.npmjs.org/ms/-/ms-2.1.3.tgz',
            integrity:
              'sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==',
          },
        },
      }),
    });
    process.env['FAIRWAY_TEST_SECRET'] = 'of the host';
    const { reference, told } = await build(folder);
    const text = told.join('\n');
    expect(text).not.toContain('of the host');
    expect(text).not.toContain(process.env['HOME'] === '/root' ? 'SHLVL=0' : `HOME=${process.env['HOME']}`);
    expect(
      await sh(
        reference,
        'ls /app/node_modules; echo $NODE_EXTRA_CA_CERTS; wc -c < /.fairway/certificates.pem',
      ),
    ).toBe('ms\n\n0\n');
  });

  it('reaches what lies outside, and nothing that listens on this machine', async () => {
    const text = `fetched ${unique}\n`;
    const server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/file.txt' }).end();
      else if (request.url === '/file.txt')
        response.writeHead(200, { 'last-modified': 'Tue, 02 Jan 2024 03:04:05 GMT' }).end(text);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const outside = `http://203.0.113.77:${port}`;
    const digest = createHash('sha256').update(text).digest('hex');
    try {
      const folder = context({
        Dockerfile: `FROM busybox
ENV RUN=${unique}
RUN wget -qO /run-fetched ${outside}/file.txt
RUN if wget -T 3 -qO /none http://127.0.0.1:${port}/file.txt; then exit 1; else rm -f /none; fi
ADD --checksum=sha256:${digest} ${outside}/moved /named
ADD ${outside}/file.txt /folder/
`,
      });
      const { reference } = await build(folder);
      expect(await sh(reference, 'cat /run-fetched /named /folder/file.txt; stat -c "%a %Y" /named')).toBe(
        `${text}${text}${text}600 1704164645\n`,
      );
      expect((await build(folder)).cached).toBe(true);
      const refused = async (line: string) => build(context({ Dockerfile: `FROM busybox\n${line}\n` }));
      await expect(refused(`ADD ${outside}/none /x`)).rejects.toThrow('the server answers 404');
      await expect(refused(`ADD --checksum=sha256:${'0'.repeat(64)} ${outside}/file.txt /x`)).rejects.toThrow(
        `has the digest sha256:${digest}`,
      );
      await expect(refused(`ADD http://127.0.0.1:${port}/file.txt /x`)).rejects.toThrow('ADD cannot fetch');
    } finally {
      server.close();
    }
  });

  it('lends a step caches, binds, secrets and nothing that stays', async () => {
    const folder = context({
      Dockerfile: `FROM busybox AS tools
ENV RUN=${unique}
RUN mkdir -p /opt/t && echo tool > /opt/t/name
FROM busybox
ENV RUN=${unique}
RUN --mount=type=cache,target=/var/mine,id=c-${unique} echo one >> /var/mine/log && wc -l < /var/mine/log
RUN --mount=type=cache,target=/var/mine,id=c-${unique} echo two >> /var/mine/log && wc -l < /var/mine/log > /count
RUN --mount=type=bind,source=src,target=/mnt/src,rw cat /mnt/src/a > /bound && touch /mnt/src/new
RUN --mount=target=/mnt/one,source=src/a,type=bind cat /mnt/one >> /bound
RUN --mount=type=bind,from=tools,source=/opt/t,target=/t cat /t/name >> /bound
RUN --mount=type=secret,id=token --mount=type=secret,id=token,env=TOKEN --mount=type=tmpfs,target=/scratch sh -c 'wc -c < /run/secrets/token && stat -c %a /run/secrets/token && [ "$TOKEN" = "$(cat /run/secrets/token)" ] && echo x > /scratch/x' > /told
RUN --mount=type=secret,id=other sh -c '[ ! -e /run/secrets/other ]'
RUN --network=none ip route | wc -l > /routes
`,
      'src/a': 'bound\n',
    });
    const secrets = { token: { content: `s-${unique}` } };
    const { reference, told } = await build(folder, { secrets });
    expect(
      await sh(
        reference,
        'cat /count /bound /routes; head -1 /told; tail -n +2 /told; ls -d /mnt/* /t /var/mine /scratch /run/secrets 2>/dev/null',
      ),
    ).toBe(`2\nbound\nbound\ntool\n0\n${secrets.token.content.length}\n400\n`);
    expect(told.join('\n')).not.toContain(secrets.token.content);
    expect((await build(folder, { secrets: { token: { content: 'another' } } })).cached).toBe(true);
    writeFileSync(join(folder, 'src/a'), 'changed\n');
    const changed = await build(folder, { secrets });
    expect(changed.cached).toBe(false);
    expect(await sh(changed.reference, 'cat /bound')).toBe('changed\nchanged\ntool\n');
  });

  it('reads here-documents, modes, archives and what an image defers', async () => {
    const folder = context({
      Dockerfile: `FROM busybox AS parent
ENV RUN=${unique}
ONBUILD COPY conf /etc/mine/
ONBUILD RUN echo triggered > /triggered
FROM parent
SHELL ["/bin/sh", "-eu", "-c"]
ARG WHO=me
COPY <<A <<"B" /docs/
for $WHO and "quoted"
A
for $WHO
B
ADD --chmod=u=rwx,go= <<RUN.SH /run.sh
#!/bin/sh
RUN.SH
RUN <<EOF
echo first > /script
echo $((1 + 1)) >> /script
EOF
RUN <<EOF
#!/bin/awk BEGIN { print "awk" > "/awk" }
EOF
ADD packed.tar.gz plain.txt /opt/
ADD --unpack=false packed.tar.gz /kept.tar.gz
COPY --parents --exclude=**/*.log tree/./a /parents/
COPY --from=extra hello /hello
RUN echo $0 > /shell
`,
      'conf/x': 'deferred',
      'plain.txt': 'plain',
      'tree/a/b/c.txt': 'c',
      'tree/a/b/d.log': 'd',
    });
    const extra = context({ hello: 'from elsewhere' });
    await promisify(execFile)('tar', ['-czf', join(folder, 'packed.tar.gz'), '-C', folder, 'conf']);
    const { reference } = await build(folder, { contexts: { extra } });
    expect(
      await sh(
        reference,
        'cat /etc/mine/x /triggered /docs/A /docs/B /script /awk /opt/conf/x /opt/plain.txt /hello; stat -c "%a %n" /run.sh /kept.tar.gz; find /parents',
      ),
    ).toBe(
      'deferredtriggered\nfor me and "quoted"\nfor $WHO\nfirst\n2\nawk\ndeferredplainfrom elsewhere700 /run.sh\n644 /kept.tar.gz\n/parents\n/parents/a\n/parents/a/b\n/parents/a/b/c.txt\n',
    );
    const { config } = await live.runtime.resolve(reference);
    expect(config.onBuild).toBeUndefined();
    expect(config.shell).toEqual(['/bin/sh', '-eu', '-c']);
  });

  it('ends its steps when nobody waits any more, or another stage failed', async () => {
    const folder = context({
      Dockerfile: `FROM busybox AS slow\nENV RUN=${unique}\nRUN echo slow begins; sleep 1000\nFROM busybox AS bad\nRUN echo ${unique}; exit 7\nFROM busybox\nCOPY --from=slow / /\nCOPY --from=bad / /\n`,
    });
    await expect(build(folder)).rejects.toThrow('exit code 7');
    const stop = new AbortController();
    const request: BuildRequest = {
      repository: 'a',
      context: folder,
      dockerfile: 'Dockerfile',
      target: 'slow',
      args: {},
      builder: 'own',
    };
    const stopped = live.runtime.build(
      request,
      (_line, event) => {
        if (event?.kind === 'output') stop.abort();
      },
      { signal: stop.signal },
    );
    await expect(stopped).rejects.toThrow('the build was stopped');
  });
});
