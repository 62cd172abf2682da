import { describe, expect, it } from 'vitest';
import { endpointsFor, noPlaces } from './endpoints.ts';
import { proxyFor, proxySettings } from './proxy.ts';
import { readRegistriesConf } from './registries-conf.ts';
import { retryAfter } from './retry.ts';
import { readRegistrySettings, type Machine } from './settings.ts';

function machine(
  files: Readonly<Record<string, string>>,
  environment: Machine['environment'] = {},
  helper: Machine['runHelper'] = () => Promise.reject(new Error('no helper')),
): Machine {
  return {
    environment,
    home: '/home/u',
    readFile: (path) => files[path],
    listFolder: (path) =>
      Object.keys(files)
        .filter((file) => file.startsWith(`${path}/`))
        .map((file) => file.slice(path.length + 1)),
    runHelper: helper,
  };
}
const base64 = (text: string) => Buffer.from(text).toString('base64');
const password = (username: string, secret: string) => ({ kind: 'password', username, password: secret });

describe('credentials', () => {
  const docker = (config: object) => ({ '/home/u/.docker/config.json': JSON.stringify(config) });

  it("come from docker's file, however it writes the registry", async () => {
    const { credentials } = readRegistrySettings(
      machine(
        docker({
          auths: {
            'https://index.docker.io/v1/': { auth: base64('hub:a:b') },
            'https://ghcr.io/v2/': { auth: base64('gh:t') },
            'r.test:5000': { identitytoken: 'refresh' },
            'empty.test': {},
          },
        }),
      ),
    );
    expect(await credentials('docker.io', 'library/redis')).toEqual(password('hub', 'a:b'));
    expect(await credentials('ghcr.io', 'o/a')).toEqual(password('gh', 't'));
    expect(await credentials('r.test:5000', 'a')).toEqual({ kind: 'refresh', token: 'refresh' });
    expect(await credentials('empty.test', 'a')).toBeUndefined();
    expect(await credentials('other.test', 'a')).toBeUndefined();
  });

  it('come from helpers: that of the registry before that of all', async () => {
    const asked: string[] = [];
    const helper: Machine['runHelper'] = async (name, input) => {
      asked.push(`${name} ${input.trim()}`);
      if (name === 'ecr') return JSON.stringify({ ServerURL: 'x', Username: 'AWS', Secret: 'token' });
      if (input.startsWith('id.test'))
        return JSON.stringify({ ServerURL: 'x', Username: '<token>', Secret: 'identity' });
      throw new Error('credentials not found in native keychain');
    };
    const config = docker({
      credsStore: 'desktop',
      credHelpers: { 'ecr.test': 'ecr' },
      auths: { 'quay.test': { auth: base64('q:q') } },
    });
    const { credentials } = readRegistrySettings(machine(config, {}, helper));
    expect(await credentials('ecr.test', 'a')).toEqual(password('AWS', 'token'));
    expect(await credentials('id.test', 'a')).toEqual({ kind: 'refresh', token: 'identity' });
    expect(await credentials('quay.test', 'a')).toEqual(password('q', 'q'));
    expect(await credentials('docker.io', 'library/a')).toBeUndefined();
    expect(asked).toEqual([
      'ecr ecr.test',
      'desktop id.test',
      'desktop quay.test',
      'desktop https://index.docker.io/v1/',
    ]);
  });

  it("come from podman's file, the nearest name first", async () => {
    const files = {
      '/run/user/1/containers/auth.json': JSON.stringify({
        auths: { 'quay.test': { auth: base64('all:x') }, 'quay.test/org/app': { auth: base64('one:x') } },
      }),
    };
    const { credentials } = readRegistrySettings(machine(files, { XDG_RUNTIME_DIR: '/run/user/1' }));
    expect(await credentials('quay.test', 'org/app')).toEqual(password('one', 'x'));
    expect(await credentials('quay.test', 'org/other')).toEqual(password('all', 'x'));
  });

  it('a helper that fails is told where nothing else is found', async () => {
    const { credentials } = readRegistrySettings(machine(docker({ credsStore: 'gone' })));
    await expect(credentials('quay.test', 'a')).rejects.toThrow('/home/u/.docker/config.json: no helper');
  });

  it('a file that cannot be understood is named', () => {
    expect(() => readRegistrySettings(machine({ '/home/u/.docker/config.json': '{' }))).toThrow(
      /^\/home\/u\/.docker\/config.json:1:1: cannot be understood: /,
    );
  });
});

describe('where a repository is asked for', () => {
  const origins = (registry: string, repository = 'a/b', places = noPlaces) =>
    endpointsFor(places, registry, repository).map(
      (endpoint) => `${endpoint.origins.join(' or ')} ${endpoint.repository}`,
    );

  it('by TLS, but on loopback', () => {
    expect(origins('docker.io')).toEqual(['https://registry-1.docker.io a/b']);
    expect(origins('ghcr.io:8443')).toEqual(['https://ghcr.io:8443 a/b']);
    expect(origins('127.0.0.1:4566')).toEqual(['http://127.0.0.1:4566 a/b']);
    expect(origins('localhost:5000')).toEqual(['http://localhost:5000 a/b']);
    expect(origins('127.0.0.1.example.com')).toEqual(['https://127.0.0.1.example.com a/b']);
  });

  it("by docker's mirrors and insecure registries", () => {
    const { places } = readRegistrySettings(
      machine({
        '/etc/docker/daemon.json': JSON.stringify({
          'registry-mirrors': ['https://mirror.test/hub/'],
          'insecure-registries': ['10.0.0.0/8', 'plain.test:5000'],
        }),
      }),
    );
    expect(origins('docker.io', 'library/a', places)).toEqual([
      'https://mirror.test hub/library/a',
      'https://registry-1.docker.io library/a',
    ]);
    expect(origins('plain.test:5000', 'a', places)).toEqual([
      'https://plain.test:5000 or http://plain.test:5000 a',
    ]);
    expect(origins('10.1.2.3:5000', 'a', places)[0]).toContain('or http://10.1.2.3:5000');
    expect(origins('11.1.2.3:5000', 'a', places)).toEqual(['https://11.1.2.3:5000 a']);
  });

  it('by registries.conf: the longest prefix, its mirrors, its location', () => {
    const { places } = readRegistrySettings(
      machine({
        '/etc/containers/registries.conf': '[[registry]]\nlocation = "never.test"\n',
        '/home/u/.config/containers/registries.conf': `
unqualified-search-registries = ["docker.io"]
[[registry]]
prefix = "docker.io"
location = "docker.io"
[[registry.mirror]]
location = "mirror.test/hub"
insecure = true
[[registry.mirror]]
location = "digests.test"
pull-from-mirror = "digest-only"
[[registry]]
prefix = "docker.io/library"
location = "officials.test/copies"
[[registry]]
prefix = "*.old.test"
location = "new.test"
`,
        '/etc/containers/registries.conf.d/x.conf': '[[registry]]\nlocation = "bad.test"\nblocked = true\n',
      }),
    );
    expect(origins('docker.io', 'org/a', places)).toEqual([
      'https://mirror.test or http://mirror.test hub/org/a',
      'https://digests.test org/a',
      'https://registry-1.docker.io org/a',
    ]);
    expect(endpointsFor(places, 'docker.io', 'org/a').map(({ mirror }) => mirror)).toEqual([
      'all',
      'digest-only',
      undefined,
    ]);
    expect(origins('docker.io', 'library/a', places)).toEqual(['https://officials.test copies/a']);
    expect(origins('x.old.test', 'a', places)).toEqual(['https://new.test a']);
    expect(origins('never.test', 'a', places)).toEqual(['https://never.test a']);
    expect(() => origins('bad.test', 'a', places)).toThrow('registry bad.test is blocked');
    expect(() => readRegistriesConf('[[registry]]\ninsecure = true')).toThrow(
      'neither a location nor a prefix',
    );
  });
});

describe('proxies', () => {
  const through = (url: string, environment: Record<string, string>) =>
    proxyFor(new URL(url), proxySettings(environment))?.href;
  const all = { HTTPS_PROXY: 'http://p:1', http_proxy: 'q:2' };

  it('are those of the scheme', () => {
    expect(through('https://a.test/', all)).toBe('http://p:1/');
    expect(through('http://a.test/', all)).toBe('http://q:2/');
    expect(through('https://127.0.0.1/', all)).toBeUndefined();
    expect(through('https://a.test/', {})).toBeUndefined();
  });

  it.each([
    ['*', 'https://a.test', true],
    ['a.test', 'https://a.test', true],
    ['a.test', 'https://b.a.test', true],
    ['a.test', 'https://ba.test', false],
    ['.a.test', 'https://a.test', false],
    ['.a.test', 'https://b.a.test', true],
    ['*.a.test', 'https://b.a.test', true],
    ['a.test:8443', 'https://a.test', false],
    ['a.test:8443', 'https://a.test:8443', true],
    ['x, A.TEST', 'https://a.test', true],
    ['10.0.0.0/8', 'https://10.9.8.7', true],
    ['10.0.0.0/8', 'https://11.9.8.7', false],
    ['fd00::/8', 'https://[fd00::1]', true],
    ['192.0.2.1', 'https://192.0.2.1:5000', true],
  ])('NO_PROXY=%s excepts %s: %s', (NO_PROXY, url, excepted) => {
    expect(through(url, { ...all, NO_PROXY }) === undefined).toBe(excepted);
  });
});

it('Retry-After is a number of seconds or a date', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(retryAfter('7', now)).toBe(7_000);
  expect(retryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000);
  expect(retryAfter('soon', now)).toBeUndefined();
  expect(retryAfter(undefined, now)).toBeUndefined();
});
