import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsTools, type AwsTools } from '../support/aws-tools.ts';
import { createHome, users, type Home } from '../support/fairway.ts';

const COMPOSE = `services:
  page:
    build: .
    ports: ['80:8080']
`;
const DOCKERFILE = `FROM busybox:1
COPY index.html /www/
EXPOSE 8080
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
`;

describe.each(users)('deploy of what is built from source, as $name', (user) => {
  let home: Home;
  let other: Home;
  let folder: string;
  let tools: AwsTools;
  let endpoint: string;

  beforeAll(async () => {
    home = createHome(user);
    other = createHome(user);
    folder = home.folder('shop');
    // Nobody listens there, whatever this machine can reach: a stand-in must serve.
    writeFileSync(
      join(home.folder('.config/containers'), 'registries.conf'),
      '[[registry]]\nprefix = "docker.io"\nlocation = "127.0.0.1:9"\n',
    );
    writeFileSync(join(folder, 'compose.yaml'), COMPOSE);
    writeFileSync(join(folder, 'Dockerfile'), DOCKERFILE);
    writeFileSync(join(folder, 'index.html'), 'built there, served here\n');
    // A region with a store of its own: what it runs must have come over the wire.
    await other.run(['env', '--json'], { env: { XDG_CACHE_HOME: other.folder('cache') } });
    tools = await awsTools(other);
    endpoint = tools.settings['AWS_ENDPOINT_URL']!;
  });
  afterAll(async () => {
    await home?.dispose();
    await other?.dispose();
  });
  const deploy = (...args: string[]) => {
    const { AWS_ENDPOINT_URL: _, ...env } = tools.settings;
    return home.run(['-f', folder, 'deploy', ...args], { env });
  };

  test('pushes its image to the registry of the region, and runs it from there', async () => {
    const { code, stderr } = await deploy('--endpoint-url', endpoint);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/page: pushing \d of \d layers/);
    const [, digest] = /pushed 000000000000\.dkr\.ecr\.us-east-1\.amazonaws\.com\/shop\/page@(\S+)/.exec(
      stderr,
    )!;
    const held = await fetch(`${endpoint}/v2/shop/page/manifests/${digest}`, { method: 'HEAD' });
    expect([held.status, held.headers.get('docker-content-digest')]).toEqual([200, digest]);
    const status = await other.status(folder);
    expect(await (await fetch(status.urls[0]!)).text()).toBe('built there, served here\n');
  });

  test('pushes nothing twice', async () => {
    const { code, stderr } = await deploy('--endpoint-url', endpoint);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('page: is there already: ');
    expect(stderr).toContain('nothing changed');
  });

  test('keeps from AWS what is built on a stand-in', async () => {
    const { code, stderr } = await deploy('--region', 'eu-west-1');
    expect(stderr).toContain('page is built on a stand-in for busybox:1');
    expect(stderr).toContain('--image page=REPOSITORY@sha256:…');
    expect(code).toBe(2);
  });
});
