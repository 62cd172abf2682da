import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { STATES } from '../app.ts';
import { read } from '../testing/project.ts';
import type { Rule } from './rule.ts';
import { KEY_TABLES } from './tables.ts';
import { PROJECT_SETTINGS, SERVICE_SETTINGS } from './x-aws.ts';

const PATH = '../../../docs/compose.md';
const text = readFileSync(new URL(PATH, import.meta.url), 'utf8');
const written = text.slice(0, text.indexOf('-->\n') + '-->\n'.length);

describe('docs/compose.md', () => {
  it('has every key of the tables', () => expect(`${written}${sections()}`).toMatchFileSnapshot(PATH));

  it('shows settings that are read', () => {
    const { notices, services, settings } = read(example('x-aws'));
    expect(notices).toEqual([]);
    expect(settings).toMatchObject({ profile: 'balanced', logRetentionDays: 30 });
    expect(settings.namespace.value).toBe('shop.internal');
    const said = (name: string) => services.find((service) => service.name === name)?.settings;
    expect(said('web')).toMatchObject({ healthPath: { value: '/healthz' }, calls: [{ service: 'api' }] });
    expect(said('api')).toMatchObject({
      cpu: { value: 512 },
      memory: { value: 1024 },
      egress: [{ value: 587 }],
      autoscaling: { min: 2, max: 10, cpu: 60, requests: 1000 },
    });
    expect(said('figures')).toMatchObject({ public: false });
    expect(said('mailer')).toMatchObject({ worker: true, calls: [{ service: 'api', port: 8080 }] });
  });

  it('shows ports that are shared, UDP and of this machine', () => {
    const { services, notices } = read(example('Ports'));
    expect(notices).toEqual([]);
    expect(services.map(({ ports: [port] }) => [port?.published, port?.protocol, port?.loopback])).toEqual([
      [80, 'tcp', false],
      [5432, 'tcp', true],
      [53, 'udp', false],
      [80, 'tcp', false],
    ]);
  });

  it('shows files and secrets', () => {
    const { services, notices } = read({ 'compose.yaml': example('Files and secrets'), 'token.txt': 's' });
    expect(notices).toEqual([]);
    expect(services[0]).toMatchObject({
      files: [
        { target: '/etc/nginx/conf.d/default.conf' },
        { target: '/run/secrets/token', uid: 101, mode: 0o440 },
      ],
      mounts: [
        { kind: 'bind', readonly: true },
        { kind: 'tmpfs', mebibytes: 64 },
      ],
    });
  });

  it('shows every state it speaks of', () => {
    const { volumes } = read(example('State'));
    expect(volumes.map(({ state }) => state?.value)).toEqual(['efs', 'ephemeral']);
    for (const state of STATES) expect(written).toContain(`\`${state}\` (`);
  });

  it('shows tasks that end and a sidecar', () => {
    const { services } = read(example('containers of one task'));
    expect(services.map(({ lifetime, sidecarOf }) => [lifetime, sidecarOf?.value])).toEqual([
      ['service', undefined],
      ['once', undefined],
      ['service', 'api'],
    ]);
  });

  it('shows several files', () => {
    const files = {
      'p/compose.yaml': example('Several files'),
      'db/compose.yaml': 'services: {db: {image: "postgres:$V"}}',
      'db/prod.env': 'V=17',
      'common/node.yaml': 'services: {base: {image: node:20}}',
    };
    const { services } = read(files, { paths: ['p'] });
    expect(services.map(({ image }) => image?.value)).toEqual(['node:20', 'postgres:17']);
  });

  it('shows each setting there is', () => {
    for (const setting of [...Object.keys(PROJECT_SETTINGS), ...Object.keys(SERVICE_SETTINGS)])
      expect(example('x-aws')).toMatch(new RegExp(`^ +${setting}:`, 'm'));
  });
});

/** The YAML below a heading. */
function example(heading: string): string {
  const section = written.split(/^## /m).find((part) => part.split('\n')[0]?.endsWith(heading));
  const yaml = /```yaml\n(.*?)```/s.exec(section ?? '')?.[1];
  if (yaml === undefined) throw new Error(`no example below ${heading}`);
  return yaml;
}

/** A table for each mapping of the specification, in the order of the tables. */
function sections(): string {
  const parents = new Map<string, (readonly [name: string, rule: Rule])[]>();
  for (const [path, rule] of KEY_TABLES) {
    const at = path.lastIndexOf('.');
    const parent = path.slice(0, Math.max(at, 0));
    parents.set(parent, [...(parents.get(parent) ?? []), [path.slice(at + 1), rule]]);
  }
  return [...parents].map(([parent, rules]) => `\n### ${title(parent)}\n\n${table(rules)}`).join('');
}

function title(parent: string): string {
  return parent === '' ? 'The top level' : `\`${parent}\``;
}

/** Padded as the formatter pads it. */
function table(rules: readonly (readonly [name: string, rule: Rule])[]): string {
  const rows = [
    ['key', 'is', 'because'],
    ...rules.map(([name, rule]) => [`\`${name}\``, rule.status, meaning(rule)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |\n`;
  const [head = [], ...body] = rows;
  return [line(head), line(['', '', ''], '-'), ...body.map((row) => line(row))].join('');
}

function meaning(rule: Rule): string {
  if (rule.status === 'enacted') return rule.means;
  return rule.status === 'noticed' ? rule.reason : `${rule.reason}: ${rule.write}`;
}
