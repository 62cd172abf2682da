import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildRequest } from '../runtime.ts';
import { liveRuntime, type LiveRuntime } from '../testing/live-runtime.ts';

let live: LiveRuntime;
beforeAll(async () => {
  live = await liveRuntime({ outside: { '203.0.113.77': '127.0.0.1' } });
});
afterAll(() => live.stop());

let sequence = 0;
/** Different in each run, so that nothing is cached before. */
const unique = `${Date.now()}-${process.pid}`;

function context(files: Readonly<Record<string, string>>): string {
  const folder = live.folder(`context-${sequence++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
async function build(folder: string, more: Partial<BuildRequest> = {}) {
  const told: string[] = [];
  const request: BuildRequest = {
    repository: 'test/app',
    context: folder,
    dockerfile: 'Dockerfile',
    args: {},
    builder: 'own',
    ...more,
  };
  const built = await live.runtime.build(request, (line) => told.push(line));
  return { ...built, told };
}
const sh = async (reference: string, script: string) =>
  (await live.run(reference, ['sh', '-c', script])).stdout;

describe('a build', () => {
  it('makes an image that runs, and does nothing when nothing changed', async () => {
    const folder = context({
      Dockerfile: `ARG BASE=node:20
FROM \${BASE}
ARG WHO=nobody
ENV GREETING="hello \${WHO}" RUN=${unique}
WORKDIR /srv/app
COPY package.json *.md ./
COPY src src
RUN echo "$GREETING" > made.txt && rm src/removed.txt
RUN ["cp", "made.txt", "copied.txt"]
USER node
EXPOSE 5000 53/udp
VOLUME /data
STOPSIGNAL SIGINT
LABEL a=b
HEALTHCHECK --interval=1m30s --retries=2 CMD ["true"]
CMD node index.js
`,
      '.dockerignore': '**/*.log\n!src/kept.log\n',
      'package.json': '{}',
      'read.md': 'read',
      'src/a.log': 'ignored',
      'src/kept.log': 'kept',
      'src/removed.txt': 'removed',
    });
    const first = await build(folder, { args: { WHO: 'you', UNUSED: '1' } });
    expect(first.reference).toBe(`000000000000.dkr.ecr.us-east-1.amazonaws.com/test/app@${first.digest}`);
    expect(first.cached).toBe(false);
    expect(first.told.some((line) => line.includes('stands in'))).toBe(true);
    expect(first.told).toContain('no ARG takes the build argument UNUSED');
    expect(await sh(first.reference, 'pwd; ls -R; cat copied.txt; id -un; ls -ld / /srv | cut -c 1-10')).toBe(
      '/srv/app\n.:\ncopied.txt\nmade.txt\npackage.json\nread.md\nsrc\n\n./src:\nkept.log\nhello you\nnode\ndrwxr-xr-x\ndrwxr-xr-x\n',
    );
    const { config } = await live.runtime.resolve(first.reference);
    expect(config).toEqual({
      ...config,
      entrypoint: ['docker-entrypoint.sh'],
      command: ['/bin/sh', '-c', 'node index.js'],
      user: 'node',
      workingDirectory: '/srv/app',
      exposedPorts: [
        { port: 5000, protocol: 'tcp' },
        { port: 53, protocol: 'udp' },
      ],
      volumes: ['/data'],
      stopSignal: 'SIGINT',
      labels: { a: 'b' },
      healthCheck: { test: ['CMD', 'true'], intervalSeconds: 90, retries: 2 },
    });

    const again = await build(folder, { args: { WHO: 'you' } });
    expect(again).toMatchObject({ digest: first.digest, cached: true });
    writeFileSync(join(folder, 'src/a.log'), 'changed, but ignored');
    expect((await build(folder, { args: { WHO: 'you' } })).cached).toBe(true);
    writeFileSync(join(folder, 'src/kept.log'), `changed ${unique}`);
    const changed = await build(folder, { args: { WHO: 'you' } });
    expect(changed.digest).not.toBe(first.digest);
    expect(changed.told.filter((line) => line.endsWith('(cached)'))).toHaveLength(2);
    expect(
      (await build(folder, { args: { WHO: 'me' } })).told.filter(
        (line) => line.includes('RUN') && /\(\d+\.\ds\)$/.test(line),
      ).length,
    ).toBe(2);
  });

  it('copies from other stages with owners and modes', async () => {
    const folder = context({
      Dockerfile: `FROM node:20 AS build
ENV RUN=${unique}
WORKDIR /out
RUN mkdir -p sub /home/node/mine && echo built > sub/file && chmod 750 sub && ln -s sub/file link && chown -R node /home/node/mine || true
FROM build AS unneeded
RUN exit 1
FROM busybox
COPY --from=build /out /target/
COPY --from=0 /out/sub/fil? /home/
COPY --from=build /home/node/ /home/node/
COPY --chmod=640 --chown=1000:1001 Dockerfile /home/node/
`,
    });
    const { reference } = await build(folder);
    const owned = live.ids === 'range' ? '1000' : '0';
    const group = live.ids === 'range' ? '1001' : '0';
    expect(
      await sh(
        reference,
        'cat /target/link /home/file; stat -c "%a %u %g" /target/sub /home/node/mine /home/node/Dockerfile',
      ),
    ).toBe(`built\nbuilt\n750 0 0\n755 ${owned} 0\n640 ${owned} ${group}\n`);
    const target = await build(folder, { target: 'build' });
    expect(await sh(target.reference, 'cat /out/link')).toBe('built\n');
  });

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

  it('says where a step failed, and keeps what was built before', async () => {
    const folder = context({
      Dockerfile: `FROM busybox\nENV RUN=${unique}\nRUN echo first\nRUN echo last words; exit 3\n`,
    });
    const failure = `${join(folder, 'Dockerfile')}:4: RUN echo last words; exit 3 ended with exit code 3
  3 | RUN echo first
> 4 | RUN echo last words; exit 3
its last words:
  last words`;
    await expect(build(folder)).rejects.toThrow(failure);
    const told: string[] = [];
    const request: BuildRequest = {
      repository: 'a',
      context: folder,
      dockerfile: 'Dockerfile',
      args: {},
      builder: 'own',
    };
    await expect(live.runtime.build(request, (line) => told.push(line))).rejects.toThrow();
    expect(told.filter((line) => line.endsWith('(cached)'))).toHaveLength(1);
  });

  it.each([
    ['FROM nothing-known:1\n', 'Dockerfile:1:1: CannotPullContainerError'],
    ['FROM busybox\nCOPY missing /x\n', 'Dockerfile:2:1: COPY: "missing" is not in the build context'],
    ['FROM busybox\nCOPY secret /x\n', 'Dockerfile:2:1: COPY: "secret" is left out by .dockerignore'],
    ['FROM busybox\n\nRUN --mount=type=ssh true\n', 'Dockerfile:3:1: --mount=type=ssh: no key'],
    ['FROM busybox\nRUN --network=host true\n', 'Dockerfile:2:1: RUN --network=host is not enacted'],
    [
      'FROM busybox\nADD https://example.com/x.git /x\n',
      'Dockerfile:2:1: ADD of the repository https://example.com/x.git is not enacted',
    ],
    ['FROM busybox\nONBUILD FROM busybox\n', 'Dockerfile:2:1: ONBUILD cannot defer FROM'],
    ['FROM busybox\nENV A=${B:?missing}\n', 'Dockerfile:2:1: B: missing'],
    ['FROM busybox\nENV A=1 B\n', 'Dockerfile:2:1: ENV has no = in B'],
    [
      'FROM busybox\nRUN --mount=type=secret,id=token,required true\n',
      'Dockerfile:2:1: the secret token is required',
    ],
    ['FROM busybox\nCOPY --chmod=u=q . /\n', 'Dockerfile:2:1: --chmod=u=q is no mode'],
    ['FROM --platform=linux/s390x busybox\n', 'Dockerfile:1:1: --platform=linux/s390x'],
    ['FROM busybox\nCOPY --chown=ghost . /\n', '--chown=ghost: unable to find user ghost'],
  ])('refuses %j with its position', async (text, message) => {
    const folder = context({ Dockerfile: text, secret: 's', '.dockerignore': 'secret' });
    await expect(build(folder)).rejects.toThrow(message);
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

  it('builds a Dockerfile that is written in the compose file, and nothing of the one that is there', async () => {
    const folder = context({ Dockerfile: 'FROM nothing\n', a: 'a' });
    const built = await build(folder, { inline: 'FROM busybox\nCOPY a /\nHEALTHCHECK NONE\n' });
    expect(await sh(built.reference, 'cat /a')).toBe('a');
    expect((await live.runtime.resolve(built.reference)).config.healthCheck).toEqual({ test: ['NONE'] });
    await expect(build(folder, { inline: 'FROM busybox\nCOPY b /\n' })).rejects.toThrow(
      'Dockerfile (inline):2:1',
    );
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

  it('names a missing Dockerfile and a missing target', async () => {
    const folder = context({ Dockerfile: 'FROM busybox AS one\n' });
    await expect(build(folder, { target: 'two' })).rejects.toThrow('has no stage two');
    rmSync(join(folder, 'Dockerfile'));
    await expect(build(folder)).rejects.toThrow(`there is no Dockerfile ${join(folder, 'Dockerfile')}`);
  });

  it('cannot be led out of the image by its links', async () => {
    const outside = live.folder('outside');
    const folder = context({
      Dockerfile: `FROM busybox\nENV RUN=${unique}\nRUN ln -s ${outside} /link && ln -s ../../../../..${outside} /up\nCOPY file /link/\nCOPY file /up/other\nWORKDIR /link/made\nRUN echo x > here\n`,
      file: 'f',
    });
    const { reference } = await build(folder);
    expect(await sh(reference, `cat ${outside}/file /up/other; ls ${outside}/made`)).toBe('ffhere\n');
    expect(live.folder('outside')).toBe(outside);
    const { readdirSync } = await import('node:fs');
    expect(readdirSync(outside)).toEqual([]);
  });

  it('runs what other machines were built for as AWS does', async () => {
    const folder = context({
      Dockerfile: 'FROM busybox\nCOPY --chmod=755 foreign /foreign\nCMD ["/foreign"]\n',
      foreign: 'x',
    });
    const elf = Buffer.alloc(64);
    elf.write('\x7fELF\x02\x01\x01', 'latin1');
    elf.writeUInt16LE(22, 18);
    writeFileSync(join(folder, 'foreign'), elf);
    const { reference } = await build(folder);
    expect(await live.run(reference, ['/foreign'])).toEqual({
      code: 255,
      stdout: '',
      stderr: 'exec /foreign: exec format error\n',
    });
  });
});
