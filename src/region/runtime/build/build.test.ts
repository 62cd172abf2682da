import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

  it('builds a Dockerfile that is written in the compose file, and nothing of the one that is there', async () => {
    const folder = context({ Dockerfile: 'FROM nothing\n', a: 'a' });
    const built = await build(folder, { inline: 'FROM busybox\nCOPY a /\nHEALTHCHECK NONE\n' });
    expect(await sh(built.reference, 'cat /a')).toBe('a');
    expect((await live.runtime.resolve(built.reference)).config.healthCheck).toEqual({ test: ['NONE'] });
    await expect(build(folder, { inline: 'FROM busybox\nCOPY b /\n' })).rejects.toThrow(
      'Dockerfile (inline):2:1',
    );
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
