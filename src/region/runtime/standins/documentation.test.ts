import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { imageAdvice, standInFor, standInGroups, standIns, withoutStandIn } from './catalog.ts';
import type { Recipe } from './model.ts';
import { answers } from './variants.ts';

const path = '../../../../docs/stand-ins.md';
const text = readFileSync(new URL(path, import.meta.url), 'utf8');
const written = text.slice(0, text.indexOf('-->\n') + '-->\n'.length);

describe('docs/stand-ins.md', () => {
  it('has every recipe', () => expect(`${written}${sections()}`).toMatchFileSnapshot(path));
});

describe('the recipes', () => {
  it('have names of their own, which the advice tells', () => {
    const names = standIns.flatMap((recipe) => recipe.names);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(imageAdvice).toMatch(new RegExp(`[ ,]${name}\\b`));
  });
  it('differ by tag', () => {
    expect(standInFor('php', '8.2-apache')?.config('', 'range').command).toEqual(['apache2-foreground']);
    expect(standInFor('php', '8-fpm-alpine')?.config('', 'range').command).toEqual(['php-fpm']);
    expect(standInFor('php')?.config('', 'range').command).toEqual(['php', '-a']);
    expect(standInFor('node', '20')?.packages).toContain('curl');
    expect(standInFor('node', '20-slim')?.packages).toEqual([]);
    expect(standInFor('node', '20-alpine')?.files).toHaveProperty('/usr/sbin/apk');
    expect(standInFor('postgres', '16-alpine')?.files).not.toHaveProperty('/usr/sbin/apk');
    expect(standInFor('postgres', '16-alpine')?.files).toHaveProperty('/usr/local/bin/apk');
    expect(standInFor('eclipse-temurin', '17-jre')?.packages).toEqual(['openjdk-17-jre-headless']);
    expect(standInFor('mongo', '7')).toBeUndefined();
  });
  it('know what a tag asks for', () => {
    expect(standInFor('postgres', '16.3-bookworm')?.asked).toBe('16.3');
    expect(standInFor('redis')?.asked).toBeUndefined();
    expect(standInFor('debian', 'bookworm-slim')?.asked).toBeUndefined();
  });
  it.each([
    ['7.0.15', '7', true],
    ['7.0.15', '7.0.2', true],
    ['7.0.15', '7.2', false],
    ['15.20', '16', false],
    ['15.20', '1', false],
  ])('%s for %s: %s', (version, asked, is) => expect(answers(version, asked)).toBe(is));
});

function sections(): string {
  const groups = Object.entries(standInGroups).map(([group, recipes]) => {
    const rows = recipes.map((recipe) => [
      recipe.names.map((name) => `\`${name}\``).join(', '),
      packagesOf(recipe),
      recipe.base === 'debian' ? 'yes' : 'no',
      recipe.differs,
    ]);
    const title = `${group.slice(0, 1).toUpperCase()}${group.slice(1)}`;
    return `\n## ${title}\n\n${table(['image', 'made of', 'built upon', 'what differs from the official image'], rows)}`;
  });
  const absent = Object.entries(withoutStandIn).map(([names, instead]) => [
    names
      .split(', ')
      .map((name) => `\`${name}\``)
      .join(', '),
    instead,
  ]);
  return `${groups.join('')}\n## No stand-in\n\n${table(['image', 'instead'], absent)}`;
}

function packagesOf({ program, packages, variants = [] }: Recipe): string {
  const all = [...packages, ...variants.flatMap((variant) => variant.packages ?? [])];
  const named = [...new Set(all)].map((name) => `\`${name}\``).join(', ');
  if (program === 'nodejs') return `the Node of this machine, ${named}`;
  return named === '' ? 'the base' : named;
}

/** As oxfmt sets it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |\n`;
  return line(head) + rule + rows.map(line).join('');
}
