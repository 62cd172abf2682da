import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { cli, median, ownRegion, pause, round, run, scratch } from './support.mjs';

const ROUNDS = 5;
const SECONDS = 2;
const CLIENTS = 8;

const calls = [
  {
    name: 'ECS DescribeClusters (JSON)',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DescribeClusters',
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: '{}',
  },
  {
    name: 'EC2 DescribeVpcs (query, XML)',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: 'Action=DescribeVpcs&Version=2016-11-15',
  },
];

/** Requests per second of the region's API, beside moto_server, with one VPC and one cluster in each. */
export async function measure() {
  return scratch(async (folder) => {
    const env = ownRegion(folder);
    const { stdout } = await run(process.execPath, [cli, 'env', '--json'], { env });
    const ours = JSON.parse(stdout).AWS_ENDPOINT_URL;
    const port = 4900 + Math.floor(Math.random() * 90);
    const moto = spawn('moto_server', ['-p', String(port)], { stdio: 'ignore' });
    const theirs = `http://127.0.0.1:${port}`;
    const missing = new Promise((_, reject) =>
      moto.on('error', () =>
        reject(new Error('moto_server is not installed: pip install "moto[server]==5.2.1"')),
      ),
    );
    try {
      await Promise.race([missing, answers(theirs)]);
      for (const endpoint of [ours, theirs]) await prepare(endpoint);
      const rows = [['call', 'fairway/s', 'moto_server/s', 'ratio']];
      for (const call of calls) {
        const mine = [];
        const other = [];
        for (let index = 0; index < ROUNDS; index++) {
          mine.push(await rate(ours, call));
          other.push(await rate(theirs, call));
        }
        rows.push([
          call.name,
          Math.round(median(mine)),
          Math.round(median(other)),
          round(median(mine) / median(other), 1),
        ]);
      }
      return { title: 'API: requests per second, eight clients', rows };
    } finally {
      moto.kill('SIGKILL');
      const pid = JSON.parse((await run('cat', [`${folder}/state/fairway/region.lock`])).stdout).pid;
      process.kill(pid, 'SIGTERM');
      await pause(500);
    }
  });
}

async function answers(endpoint) {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await once(endpoint, calls[1]).catch(() => 0)) return;
    await pause(100);
  }
  throw new Error(`${endpoint} does not answer`);
}

async function prepare(endpoint) {
  await once(endpoint, {
    ...calls[0],
    headers: { ...calls[0].headers, 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.CreateCluster' },
    body: '{"clusterName":"default"}',
  });
  await once(endpoint, { ...calls[1], body: 'Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16' });
}

function once(endpoint, { headers, body }, agent) {
  return new Promise((resolve, reject) => {
    const call = request(
      endpoint,
      { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) }, agent },
      (answer) => {
        answer.resume();
        answer.on('end', () =>
          answer.statusCode === 200 ? resolve(200) : reject(new Error(`status ${answer.statusCode}`)),
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

async function rate(endpoint, call) {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const until = performance.now() + SECONDS * 1000;
  let count = 0;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < until) {
        await once(endpoint, call, agent);
        count++;
      }
    }),
  );
  agent.destroy();
  return count / SECONDS;
}
