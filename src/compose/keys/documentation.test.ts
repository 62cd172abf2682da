import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
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
    const { notices, services, settings } = read(example());
    expect(notices).toEqual([]);
    expect(settings).toMatchObject({ profile: 'balanced', logRetentionDays: 30 });
    expect(settings.namespace.value).toBe('shop.internal');
    const said = (name: string) => services.find((service) => service.name === name)?.settings;
    expect(said('web')).toMatchObject({ healthPath: { value: '/healthz' }, calls: [{ service: 'api' }] });
    expect(said('api')).toMatchObject({
      cpu: { value: 512 },
      memory: { value: 1024 },
      egress: [{ value: 587 }],
    });
    expect(said('figures')).toMatchObject({ public: false });
    expect(said('mailer')).toMatchObject({ worker: true, calls: [{ service: 'api', port: 8080 }] });
  });

  it('shows each setting there is', () => {
    for (const setting of [...Object.keys(PROJECT_SETTINGS), ...Object.keys(SERVICE_SETTINGS)])
      expect(example()).toMatch(new RegExp(`^ +${setting}:`, 'm'));
  });
});

function example(): string {
  return /```yaml\n(.*?)```/s.exec(written)?.[1] ?? '';
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
