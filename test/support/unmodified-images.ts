import {
  madeImage,
  madeIndex,
  madeLayer,
  type MadeEntry,
  type MadeLayer,
} from '../../src/region/runtime/testing/made-images.ts';
import { gunzipSync } from 'node:zlib';
import { debianLayers } from './debian.ts';
import type { TestRegistry } from './registry.ts';

const packages = {
  nginx: ['nginx-light'],
  node: ['nodejs'],
  postgres: ['postgresql-15'],
  python: ['python3-minimal'],
  redis: ['redis-server'],
};

/** An image as its makers would publish it, and how one sees from inside that it works. */
export interface UnmodifiedImage {
  readonly name: string;
  readonly healthCheck: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const script = (name: string, content: string): MadeEntry => ({
  name,
  content: `#!/bin/sh\nset -e\n${content}`,
  mode: 0o755,
});
const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The shape of the official images' entry points: as root they give the data away and become its user. */
const becomes = (user: string, data: string, program: string) =>
  script(
    'usr/local/bin/docker-entrypoint.sh',
    `if [ "$1" = ${program} ] && [ "$(id -u)" = 0 ]; then
  mkdir -p ${data}
  find ${data} ! -user ${user} -exec chown ${user}:${user} {} +
  exec setpriv --reuid=${user} --regid=${user} --clear-groups "$0" "$@"
fi
`,
  );

const nginxConfiguration = `user nginx;
pid /run/nginx.pid;
error_log /dev/stderr;
events {}
http { access_log /dev/stdout; server { listen 8080; root /var/www/html; } }
`;
const serveByPython = `import socket
server = socket.create_server(('', 8080))
while True:
    client, _ = server.accept()
    client.recv(1000)
    client.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\npython')
    client.close()
`;

/** Ten images of different kinds, pushed to `made/NAME:1`. */
export async function pushUnmodifiedImages(registry: TestRegistry): Promise<readonly UnmodifiedImage[]> {
  const debian = debianLayers(packages);
  const published = async (bytes: Buffer): Promise<MadeLayer> =>
    madeLayer(gunzipSync(bytes), () => bytes).then(asGzip);
  const base = await published(debian.base);
  const added = Object.fromEntries(
    await Promise.all(
      Object.entries(debian.added).map(async ([name, bytes]) => [name, await published(bytes)] as const),
    ),
  ) as Record<keyof typeof packages, MadeLayer>;
  const small = await madeLayer([
    { name: 'bin/' },
    { name: 'bin/busybox', content: debian.busybox, mode: 0o755 },
    ...['sh', 'httpd', 'wget', 'stat', 'ls', 'id', 'grep', 'test', 'sleep'].map((name): MadeEntry => ({
      name: `bin/${name}`,
      type: 'symlink',
      linkname: 'busybox',
      content: '',
    })),
  ]);
  const page = (text: string): MadeEntry[] => [{ name: 'www/' }, { name: 'www/index.html', content: text }];
  const serve = ['/bin/httpd', '-f', '-p', '8080', '-h', '/www'];
  const says = (text: string) => ['CMD-SHELL', `wget -qO- http://127.0.0.1:8080/ | grep -q ${text}`];

  const busybox = madeImage([small, await madeLayer(page('static'))], { Entrypoint: serve, Env: [path] });
  const listed = madeImage([small, await madeLayer(page('listed'))], { Cmd: serve, Env: [path] });
  const foreign = madeImage([await madeLayer(page('foreign'))], { Cmd: serve }, { architecture: 's390x' });
  const hidden = madeImage(
    [
      small,
      await madeLayer([
        { name: 'etc/' },
        { name: 'etc/secret', content: 's' },
        { name: 'conf/' },
        { name: 'conf/old', content: 'o' },
        { name: 'gone/' },
        { name: 'gone/file', content: 'g' },
      ]),
      await madeLayer([
        { name: 'etc/' },
        { name: 'etc/.wh.secret', content: '' },
        { name: 'conf/' },
        { name: 'conf/.wh..wh..opq', content: '' },
        { name: 'conf/new', content: 'n' },
        { name: '.wh.gone', content: '' },
        ...page('hidden'),
      ]),
    ],
    {
      Cmd: [
        '/bin/sh',
        '-c',
        `[ ! -e /etc/secret ] && [ "$(ls /conf)" = new ] && [ ! -e /gone ] && exec ${serve.join(' ')}`,
      ],
      Env: [path],
    },
  );
  const docker = madeImage(
    [small, await madeLayer(page('docker'))],
    { Cmd: serve, Env: [path] },
    {},
    'docker',
  );
  const features = madeImage(
    [
      small,
      await madeLayer([
        { name: 'tool', content: 'x', mode: 0o4755 },
        { name: 'again', type: 'link', linkname: 'tool', content: '' },
        { name: 'tmp/', mode: 0o1777 },
        ...page('features'),
      ]),
    ],
    {
      Cmd: [
        '/bin/sh',
        '-c',
        `set -e; [ "$(pwd)" = /made/here ]; [ "$KEY" = "a=b c" ]; [ "$(stat -c %a%h /tool)" = 47552 ]; [ "$(stat -c %a /tmp)" = 1777 ]; [ "$(id -u)" = 4321 ]; exec ${serve.join(' ')}`,
      ],
      User: '4321:4321',
      WorkingDir: '/made/here',
      Env: [path, 'KEY=a=b c'],
      StopSignal: 'SIGINT',
      Labels: { 'org.opencontainers.image.title': 'features' },
    },
  );
  const node = madeImage(
    [
      base,
      added.node,
      await madeLayer([
        script(
          'usr/local/bin/docker-entrypoint.sh',
          'if [ "${1#-}" != "$1" ]; then set -- node "$@"; fi\nexec "$@"\n',
        ),
        { name: 'srv/', uid: 1000, gid: 1000 },
        {
          name: 'srv/server.js',
          content:
            "require('fs').writeFileSync('/srv/written', String(process.getuid()));\nrequire('http').createServer((_, r) => r.end('node')).listen(8080);\n",
          uid: 1000,
          gid: 1000,
        },
      ]),
    ],
    { Entrypoint: ['docker-entrypoint.sh'], Cmd: ['node', '/srv/server.js'], User: '1000', Env: [path] },
  );
  const python = madeImage(
    [
      base,
      added.python,
      await madeLayer([{ name: 'site/' }, { name: 'site/serve.py', content: serveByPython }]),
    ],
    {
      Cmd: ['python3', 'serve.py'],
      User: 'nobody',
      WorkingDir: '/site',
      Env: [path, 'PYTHONDONTWRITEBYTECODE=1'],
    },
  );
  const redisIds = idsOf(debian.added['redis']!, 'redis');
  const redis = madeImage(
    [
      base,
      added.redis,
      await madeLayer([
        {
          ...becomes('redis', '/data', 'redis-server'),
          content: `${String(becomes('redis', '/data', 'redis-server').content)}exec "$@"\n`,
        },
        { name: 'data/', ...redisIds },
      ]),
    ],
    {
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['redis-server', '--dir', '/data', '--protected-mode', 'no'],
      Volumes: { '/data': {} },
      WorkingDir: '/data',
      Env: [path],
      ExposedPorts: { '6379/tcp': {} },
    },
  );
  const data = '/var/lib/postgresql/data';
  const postgresIds = idsOf(debian.added['postgres']!, 'postgres');
  const postgresEntry = becomes('postgres', data, 'postgres');
  const postgres = madeImage(
    [
      base,
      added.postgres,
      await madeLayer([
        {
          ...postgresEntry,
          content: `${String(postgresEntry.content)}if [ ! -s "$PGDATA/PG_VERSION" ]; then initdb --auth=trust --no-sync >/dev/null; echo "host all all all trust" >> "$PGDATA/pg_hba.conf"; fi\nexec "$@"\n`,
        },
        { name: 'var/lib/postgresql/', ...postgresIds },
        { name: 'var/lib/postgresql/data/', mode: 0o700, ...postgresIds },
        { name: 'run/postgresql/', mode: 0o2775, ...postgresIds },
      ]),
    ],
    {
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['postgres', '-c', 'listen_addresses=*'],
      Env: [`${path}:/usr/lib/postgresql/15/bin`, `PGDATA=${data}`, 'LANG=C.UTF-8'],
      Volumes: { [data]: {} },
      StopSignal: 'SIGINT',
    },
  );
  const nginx = madeImage(
    [
      base,
      added.nginx,
      await madeLayer([
        {
          name: 'etc/passwd',
          content: 'root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101::/nonexistent:/bin/false\n',
        },
        { name: 'etc/group', content: 'root:x:0:\nnginx:x:101:\n' },
        { name: 'etc/nginx/nginx.conf', content: nginxConfiguration },
        { name: 'var/www/html/index.html', content: 'nginx' },
      ]),
    ],
    {
      Cmd: ['nginx', '-g', 'daemon off;'],
      StopSignal: 'SIGQUIT',
      Env: [path],
      ExposedPorts: { '8080/tcp': {} },
    },
  );

  const plain = { busybox, hidden, docker, features, node, python, redis, postgres, nginx };
  for (const [name, image] of Object.entries(plain)) await registry.push(`made/${name}`, '1', image);
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const list = madeIndex({ 'linux/s390x': foreign, [`linux/${architecture}`]: listed });
  await registry.pushList('made/listed', '1', list, [foreign, listed]);
  await registry.push('made/foreign', '1', foreign);
  const open = [
    'CMD',
    'bash',
    '-c',
    'exec 3<>/dev/tcp/127.0.0.1/8080 && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3 && grep -q "$1" <&3',
    'sh',
  ];
  return [
    ...['busybox', 'listed', 'hidden', 'docker', 'features'].map((name) => ({
      name,
      healthCheck: says(name === 'busybox' ? 'static' : name),
    })),
    { name: 'node', healthCheck: [...open, 'node'] },
    { name: 'python', healthCheck: [...open, 'python'] },
    { name: 'nginx', healthCheck: [...open, 'nginx'] },
    { name: 'redis', healthCheck: ['CMD-SHELL', 'redis-cli ping | grep -q PONG'] },
    {
      name: 'postgres',
      healthCheck: ['CMD-SHELL', 'psql -h 127.0.0.1 -U postgres -tc "select 6*7" | grep -q 42'],
    },
  ];
}

const asGzip = (layer: MadeLayer): MadeLayer => ({
  ...layer,
  descriptor: { ...layer.descriptor, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' },
});

/** A user of an archive's /etc/passwd. */
function idsOf(layer: Buffer, user: string): { readonly uid: number; readonly gid: number } {
  const text = gunzipSync(layer).toString('latin1');
  const [, uid, gid] = new RegExp(`^${user}:x:(\\d+):(\\d+):`, 'm').exec(text) ?? [];
  if (uid === undefined) throw new Error(`the layer has no user ${user}`);
  return { uid: Number(uid), gid: Number(gid) };
}
