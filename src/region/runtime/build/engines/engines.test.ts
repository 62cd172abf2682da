import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuilderName } from '../../runtime.ts';
import { type LiveRuntime, liveRuntime } from '../../testing/live-runtime.ts';
import { hostBuilders } from './host.ts';
import { engineLines } from './lines.ts';

let live: LiveRuntime;
beforeAll(async () => {
  live = await liveRuntime();
});
afterAll(() => live.stop());

let sequence = 0;
function context(files: Readonly<Record<string, string>>): string {
  const folder = live.folder(`engines-${sequence++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Without what builders are free to choose: times, and files that tell where a container runs. */
const listing =
  'find / -xdev -path /proc -prune -o -path /sys -prune -o -path /dev -prune -o -path /run -prune -o -path /.fairway -prune -o -path "/tmp/*" -prune -o ! -path "/etc/hosts" ! -path "/etc/hostname" ! -path "/etc/resolv.conf" -exec stat -c "%A %u:%g %N" {} + | sort -k 3; find /app /srv /etc /opt -type f ! -path /etc/hosts ! -path /etc/hostname ! -path /etc/resolv.conf -exec sha256sum {} + | sort -k 2';

const dockerfiles: Readonly<Record<string, string>> = {
  'instructions of configuration': `FROM busybox
ARG WHO=me
ENV GREETING="hello \${WHO}" PLAIN=\\$WHO
LABEL a=b c="d e"
WORKDIR /srv/app
EXPOSE 8080 53/udp
VOLUME /data
STOPSIGNAL SIGINT
SHELL ["/bin/sh", "-eu", "-c"]
USER 1000:1000
HEALTHCHECK --interval=1m30s --retries=2 CMD wget -q localhost || exit 1
ENTRYPOINT ["/bin/sh"]
CMD ["-c", "true"]
`,
  'files, owners and modes': `FROM busybox AS build
RUN mkdir -p /out/sub && echo built > /out/sub/file && chmod 750 /out/sub && ln -s sub/file /out/link && chown 1000:1001 /out/sub/file
FROM busybox
COPY --from=build /out /opt/
COPY --chown=1000:1001 src /srv/
COPY --chmod=640 src/a.txt /app/
COPY *.md src/a.txt /app/docs/
ADD packed.tar.gz /opt/
RUN rm /opt/link && mkdir /opt/made && touch /opt/made/x && chmod 4755 /opt/made/x && rm -r /srv/gone
RUN --mount=type=cache,target=/cache --mount=type=bind,source=src,target=/bound cat /bound/a.txt > /app/bound
`,
};

async function image(builder: BuilderName, folder: string) {
  const told: string[] = [];
  const request = {
    repository: `test/${builder}`,
    context: folder,
    dockerfile: 'Dockerfile',
    args: {},
    builder,
  };
  const built = await live.runtime.build(request, (line) => told.push(line));
  const { config } = await live.runtime.resolve(built.reference);
  const { stdout, stderr } = await live.run(built.reference, ['sh', '-c', listing], { user: '0:0' });
  return { ...built, config, files: stdout.split('\n'), stderr, told };
}

describe('builders', () => {
  it.each(Object.entries(dockerfiles))(
    'agree on %s',
    async (_name, text) => {
      const folder = context({
        Dockerfile: text,
        '.dockerignore': '*.log\n',
        'read.md': 'read',
        'src/a.txt': 'a',
        'src/b.log': 'ignored',
        'src/gone/x': 'x',
      });
      await promisify(execFile)('tar', ['--owner=7', '--group=8', '-czf', 'packed.tar.gz', 'src/a.txt'], {
        cwd: folder,
      });
      const own = await image('own', folder);
      const buildah = await image('buildah', folder);
      expect(buildah.told.join('\n')).toContain('builder: buildah');
      expect(own.files.length).toBeGreaterThan(50);
      expect(buildah.files).toEqual(own.files);
      expect(buildah.config).toEqual(own.config);
      const again = await image('buildah', folder);
      expect(again.cached).toBe(true);
    },
    120_000,
  );

  it('say what a step said when it fails', async () => {
    const folder = context({ Dockerfile: 'FROM busybox\nRUN echo last words; exit 3\n' });
    await expect(image('buildah', folder)).rejects.toThrow(/buildah ended[^]*last words/);
  }, 120_000);

  it('of this machine make the same, where there are any', async () => {
    const folder = context({
      Dockerfile:
        'FROM scratch AS a\nCOPY --chown=3:4 one /sub/\nFROM scratch\nCOPY --from=a / /\nENV A=b\nCMD ["/sub/one"]\n',
      one: 'one',
    });
    const filesOf = async (name: BuilderName) => {
      const request = {
        repository: `test/${name}`,
        context: folder,
        dockerfile: 'Dockerfile',
        args: {},
        builder: name,
      };
      const { reference } = await live.runtime.build(request, () => {});
      const { config, layers } = await live.runtime.resolve(reference);
      const view = await promisify(execFile)('find', [...layers, '-mindepth', '1', '-printf', '%P %M %s\n']);
      return { config, files: [...new Set(view.stdout.split('\n'))].sort() };
    };
    const own = await filesOf('own');
    expect(own.files).toContain('sub/one -rw-r--r-- 3');
    for (const builder of hostBuilders)
      if ('version' in (await builder.available())) expect(await filesOf(builder.name)).toEqual(own);
  }, 60_000);

  it('are refused where they are not', async () => {
    await expect(image('docker', context({ Dockerfile: 'FROM busybox\n' }))).rejects.toThrow(
      'docker cannot build here: only this machine has busybox',
    );
    const folder = context({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' });
    const { PATH } = process.env;
    process.env['PATH'] = '/nowhere';
    try {
      await expect(image('docker', folder)).rejects.toThrow('docker cannot build here');
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});

it.each([
  [
    'buildah',
    [
      '[1/2] STEP 2/3: RUN a',
      'said',
      '[2/2] STEP 1/2: FROM x',
      '[2/2] STEP 2/2: COPY a b',
      '--> Using cache 12',
      '[2/2] COMMIT x',
    ],
    [
      'began [1 2/3] RUN a',
      'output [1 2/3] RUN a',
      'done [1 2/3] RUN a',
      'began [2 2/2] COPY a b',
      'cached [2 2/2] COPY a b',
    ],
    true,
  ],
  [
    'BuildKit',
    ['#5 [2/3] RUN a', '#5 0.123 said', '#5 DONE 0.2s', '#6 [3/3] COPY a b', '#6 CACHED'],
    [
      'began [2/3] RUN a',
      'output [2/3] RUN a',
      'done [2/3] RUN a',
      'began [3/3] COPY a b',
      'cached [3/3] COPY a b',
    ],
    true,
  ],
  ['BuildKit', ['#6 [3/3] COPY a b', '#6 CACHED'], ['began [3/3] COPY a b', 'cached [3/3] COPY a b'], false],
] as const)('the progress of %s is understood', (_name, lines, events, worked) => {
  const seen: string[] = [];
  const reader = engineLines({
    progress: (_line, event) => event && seen.push(`${event.kind} ${event.step}`),
  });
  for (const line of lines) reader.line(line);
  expect(reader.worked()).toBe(worked);
  expect(seen).toEqual(events);
});
