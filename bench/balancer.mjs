// Throughput of the load balancer's program against nginx: the same upstreams, the same client, one worker each, taken in turns.
// nginx and wrk are fetched as packages into a scratch folder; nothing is installed on the system.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { median, pause, root, round, run, scratch } from './support.mjs';

const rounds = 5;
const seconds = 2;
const connections = 64;

export async function measure() {
  const { rows, note } = await benchBalancer();
  return { title: 'Load balancer: requests per second', rows, note };
}

/** Medians of requests per second and of CPU time per request, and both as ratios to nginx. */
export function benchBalancer() {
  return scratch(async (folder) => {
    const tools = await fetchTools(folder);
    const started = [];
    try {
      const upstreams = [18_101, 18_102];
      const nginx = (name, config) => startNginx(tools, join(folder, name), config);
      started.push(await nginx('upstreams', upstreamConfig(upstreams)));
      const other = await nginx('proxy', proxyConfig(18_103, upstreams));
      started.push(other);
      const own = await startBalancer(18_104, upstreams);
      started.push(own);
      const results = { own: [], nginx: [] };
      await load(tools, 18_103, 1);
      await load(tools, 18_104, 1);
      for (let turn = 0; turn < rounds; turn++) {
        results.nginx.push(await measured(tools, 18_103, other.workers()));
        results.own.push(await measured(tools, 18_104, own.workers()));
      }
      const of = (name, what) => median(results[name].map((result) => result[what]));
      const row = (label, name) => [
        label,
        Math.round(of(name, 'rate')),
        round(of(name, 'rate') / of('nginx', 'rate')),
        Math.round(of(name, 'cpu')),
        of(name, 'p99'),
        Math.max(...results[name].map(({ failed }) => failed)),
      ];
      return {
        ratio: round(of('own', 'rate') / of('nginx', 'rate')),
        cpuRatio: round(of('own', 'cpu') / of('nginx', 'cpu')),
        rows: [
          ['balancer', 'requests/s', '× nginx', 'CPU µs/request', 'p99', 'failed'],
          row('nginx, 1 worker', 'nginx'),
          row('Fairway', 'own'),
        ],
        note: `wrk -t1 -c${connections}, ${seconds} s a round, 1 KB bodies, two nginx upstreams with keep-alive, all on the same cores`,
      };
    } finally {
      for (const program of started) await program.stop();
    }
  });
}

async function fetchTools(folder) {
  for (const path of ['lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(folder, path), { recursive: true });
  const options = [`Dir::State::Lists=${folder}/lists`, `Dir::Cache=${folder}/cache`, 'Debug::NoLocking=1'];
  const apt = options.flatMap((option) => ['-o', option]);
  await run('apt-get', [...apt, '-qq', 'update']);
  await run('apt-get', [...apt, '-qq', 'download', 'nginx', 'wrk', 'libluajit-5.1-2'], { cwd: folder });
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb')))
    await run('dpkg-deb', ['-x', join(folder, file), join(folder, 'root')]);
  const libraries = readdirSync(join(folder, 'root/usr/lib')).map((name) =>
    join(folder, 'root/usr/lib', name),
  );
  return {
    nginx: join(folder, 'root/usr/sbin/nginx'),
    wrk: join(folder, 'root/usr/bin/wrk'),
    env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') },
  };
}

const common = `daemon off; worker_processes 1; pid nginx.pid; error_log error.log crit; events { worker_connections 4096; }`;
const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  .map((name) => `${name}_temp_path ${name};`)
  .join(' ');
const http = (body) => `${common}\nhttp { access_log off; keepalive_requests 1000000; ${paths}\n${body}\n}`;
const upstreamConfig = (ports) =>
  http(
    ports
      .map((port) => `server { listen 127.0.0.1:${port}; location / { return 200 "${'x'.repeat(1024)}"; } }`)
      .join('\n'),
  );
const proxyConfig = (port, ports) =>
  http(`upstream targets { ${ports.map((one) => `server 127.0.0.1:${one};`).join(' ')} keepalive 256; keepalive_requests 1000000; }
server { listen 127.0.0.1:${port}; location / { proxy_pass http://targets; proxy_http_version 1.1; proxy_set_header Connection "";
proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto http;
proxy_set_header X-Forwarded-Port ${port}; proxy_set_header X-Amzn-Trace-Id $request_id; } }`);

async function startNginx({ nginx, env }, folder, config) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'nginx.conf'), config);
  const child = spawn(nginx, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], { env, stdio: 'ignore' });
  const children = () =>
    readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean);
  while (!existsSync(join(folder, 'nginx.pid')) || children().length === 0) {
    if (child.exitCode !== null) throw new Error(`nginx exited ${child.exitCode}`);
    await pause(20);
  }
  return { workers: children, stop: () => end(child, 'SIGQUIT') };
}

/** The product's own program, given its configuration and socket as the region gives them. */
async function startBalancer(port, upstreams) {
  const server = createServer();
  await new Promise((resolve, reject) =>
    server.once('error', reject).listen({ port, host: '127.0.0.1', backlog: 1024 }, resolve),
  );
  const child = spawn(process.execPath, [join(root, 'dist/balancer.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const taken = new Promise((resolve, reject) => {
    child.on('message', ({ kind }) => kind === 'socket-taken' && resolve());
    child.on('exit', (code) => reject(new Error(`dist/balancer.mjs exited ${code}`)));
  });
  const action = { kind: 'forward', groups: [{ arn: 'group', weight: 1 }] };
  const condition = (path) => ({ conditions: [{ kind: 'path-pattern', values: [path] }], action });
  child.send({
    kind: 'config',
    config: {
      revision: 1,
      dnsName: 'bench',
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
          admittedCidrs: ['0.0.0.0/0'],
          rules: [...['/a*', '/b*', '/c*', '/d*'].map(condition), { conditions: [], action }],
        },
      ],
      targetGroups: [
        {
          arn: 'group',
          algorithm: 'round_robin',
          healthCheck: {
            path: '/',
            matcher: '200',
            intervalMilliseconds: 30_000,
            timeoutMilliseconds: 5000,
            healthyThreshold: 5,
            unhealthyThreshold: 2,
          },
          targets: upstreams.map((one) => ({
            address: '127.0.0.1',
            port: one,
            draining: false,
            known: 'healthy',
          })),
        },
      ],
    },
  });
  child.send({ kind: 'socket', listenerArn: 'listener', hostPort: port }, server._handle, () =>
    server._handle.close(),
  );
  await taken;
  return { workers: () => [String(child.pid)], stop: () => end(child, 'SIGKILL') };
}

const end = (child, signal) =>
  new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill(signal);
  });

/** Seconds of CPU that processes have used. */
const cpuOf = (pids) =>
  pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);

async function measured(tools, port, pids) {
  const before = cpuOf(pids);
  const result = await load(tools, port, seconds);
  return { ...result, cpu: ((cpuOf(pids) - before) / result.requests) * 1e6 };
}

async function load({ wrk, env }, port, duration) {
  const args = ['-t1', `-c${connections}`, `-d${duration}s`, '--latency', `http://127.0.0.1:${port}/`];
  const { stdout } = await run(wrk, args, { env });
  const [, requests] = /(\d+) requests in/.exec(stdout) ?? [];
  const [, p99 = ''] = /99%\s+(\S+)/.exec(stdout) ?? [];
  const [, wrong = '0'] = /Non-2xx or 3xx responses: (\d+)/.exec(stdout) ?? [];
  const sockets =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1) ?? [];
  const failed = Number(wrong) + sockets.reduce((sum, count) => sum + Number(count), 0);
  return { requests: Number(requests), rate: Number(requests) / duration, p99, failed };
}
