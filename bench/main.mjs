// Measurements side by side with the tool a user would pick instead, as ratios from one run.
//   npm run bench                all of it
//   npm run bench -- up api      some of it
//   npm run bench -- --gate      fails where a promised time is not kept
//   npm run bench -- --write     keeps the numbers in docs/performance.md
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

const scenarios = {
  compile: () => import('./compile.mjs'),
  check: () => import('./check.mjs'),
  up: () => import('./up.mjs'),
  images: () => import('./images.mjs'),
  start: () => import('./start.mjs'),
  balancer: () => import('./balancer.mjs'),
  api: () => import('./api.mjs'),
  builds: () => import('./builds.mjs'),
  watch: () => import('./watch.mjs'),
  rollouts: () => import('./rollouts.mjs'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { gate: { type: 'boolean' }, write: { type: 'boolean' } },
});
const wanted = positionals.length > 0 ? positionals : Object.keys(scenarios);
const results = [];
for (const name of wanted) {
  if (!scenarios[name]) {
    console.error(`no measurement "${name}"; there are: ${Object.keys(scenarios).join(', ')}`);
    process.exit(2);
  }
  console.error(`… ${name}`);
  const { measure } = await scenarios[name]();
  const result = await measure();
  results.push(result);
  print(result);
}

const broken = results.flatMap(({ gates = [] }) => gates.filter(({ value, limit }) => value > limit));
if (values.write) write();
if (values.gate) {
  for (const { name, value, limit } of broken)
    console.error(`gate: ${name}: ${value} s, promised ${limit} s`);
  if (broken.length > 0) process.exit(1);
  console.error('gate: every promised time is kept');
}

/** @param {{ title: string, rows: (string | number)[][], note?: string, gates?: {name: string, value: number, limit: number}[] }} result */
function print({ title, rows, note }) {
  console.log(`\n${title}`);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length)));
  for (const row of rows)
    console.log(`  ${row.map((cell, column) => String(cell ?? '').padEnd(widths[column])).join('  ')}`);
  if (note) console.log(`  ${note}`);
}

/** What was measured now takes the place of its section; the others stay as they were measured. */
function write() {
  const page = new URL('../docs/performance.md', import.meta.url);
  const before = readFileSync(page, 'utf8')
    .split(/^(?=## )/m)
    .slice(1);
  const sections = new Map(before.map((text) => [text.slice(3, text.indexOf('\n')), text.trimEnd()]));
  for (const { title, rows, note } of results) {
    const [head, ...body] = rows;
    const line = (cells) => `| ${cells.join(' | ')} |`;
    const table = [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
    sections.set(title, `## ${title}\n\n${table}${note ? `\n\n${note}` : ''}`);
  }
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  writeFileSync(
    page,
    `# Performance\n\nMade by \`npm run bench -- --write\` on ${machine}. Every row of a table comes from one run, medians of several rounds, one\nafter the other; what counts are the ratios.\n\n${[...sections.values()].join('\n\n')}\n`,
  );
}
