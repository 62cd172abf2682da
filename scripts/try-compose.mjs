// Tries the compose projects of a folder, one by one, in a copy of it, and prints a table of what becomes of each:
//   node scripts/try-compose.mjs FOLDER [--up] [NAME…]
// `fairway synth` as the file is; where that stops, `fairway init --yes` and synth again; with --up it is run too, its pages are asked
// for, and everything is taken down. Uses dist/ (npm run build).
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../dist/cli.mjs', import.meta.url));
const FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
/** Longer than any image takes to be made, shorter than anybody waits. */
const MOST_SECONDS = 900;

const [folder, ...rest] = process.argv.slice(2);
const runs = rest.includes('--up');
const chosen = rest.filter((word) => !word.startsWith('--'));
if (folder === undefined) {
  console.error('usage: node scripts/try-compose.mjs FOLDER [--up] [NAME…]');
  process.exit(2);
}

const copy = realpathSync(mkdtempSync(join(tmpdir(), 'fairway-try-')));
const state = realpathSync(mkdtempSync(join(tmpdir(), 'fairway-try-state-')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
process.once('exit', () => {
  for (const path of [copy, state]) rmSync(path, { recursive: true, force: true });
});
cpSync(resolve(folder), copy, { recursive: true, filter: (path) => !/\/(\.git|node_modules)$/.test(path) });

const projects = readdirSync(copy, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && (chosen.length === 0 || chosen.includes(entry.name)))
  .flatMap(({ name }) => {
    const file = FILES.find((candidate) => readdirSync(join(copy, name)).includes(candidate));
    return file ? [{ name, file: join(copy, name, file) }] : [];
  })
  .sort((a, b) => (a.name < b.name ? -1 : 1));

const totals = { synth: 0, asIs: 0, lines: 0, runs: 0 };
row('project', 'for AWS', ...(runs ? ['here'] : []));
row('---', '---', ...(runs ? ['---'] : []));
for (const { name, file } of projects) {
  const made = await design(file);
  row(name, made, ...(runs ? [await run(file)] : []));
}
console.log(
  `\n${totals.synth} of ${projects.length} synthesize: ${totals.asIs} as they are, ${totals.synth - totals.asIs} with ${totals.lines} changed lines by fairway init${
    runs ? `; ${totals.runs} run here` : ''
  }`,
);

async function design(file) {
  const first = await fairway(file, 'synth');
  if (first.code === 0) {
    totals.asIs++;
    totals.synth++;
    return `as it is${lint(first.stdout)}`;
  }
  const before = readFileSync(file, 'utf8');
  await fairway(file, 'init', '--yes');
  const lines = changed(before, readFileSync(file, 'utf8'));
  const second = await fairway(file, 'synth');
  if (second.code !== 0) {
    // What runs here is the file as it was.
    writeFileSync(file, before);
    return `stops: ${reason(second.stderr)}`;
  }
  totals.synth++;
  totals.lines += lines;
  return `with ${lines} ${lines === 1 ? 'line' : 'lines'}${lint(second.stdout)}`;
}

async function run(file) {
  const up = await fairway(file, 'up');
  const standIns = [...up.stderr.matchAll(/(\S+) stands in: (.+?)(?: from | to be made|,|$)/gm)].map(
    ([, image, what]) => `${image.split(':')[0]} (${what.trim()})`,
  );
  const stood = [...new Map(standIns.map((text) => [text.split(' ')[0], text])).values()];
  const pages = up.code === 0 ? await Promise.all(urls(up.stdout).map(ask)) : [];
  await fairway(file, 'down', '--volumes', '--yes');
  if (up.code !== 0) return `stops: ${reason(up.stderr)}`;
  totals.runs++;
  return [
    'yes',
    ...(stood.length > 0 ? [`stand-ins: ${stood.join(', ')}`] : []),
    ...(pages.length > 0 ? [`answers: ${pages.join(', ')}`] : []),
  ].join('; ');
}

function urls(text) {
  return [...new Set(text.match(/https?:\/\/[^\s]+/g))];
}

async function ask(url) {
  const { port, protocol } = new URL(url);
  const name = port || (protocol === 'https:' ? '443' : '80');
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(30_000) });
    return `${response.status} at ${name}`;
  } catch {
    return `nothing at ${name}`;
  }
}

/** cfn-lint, where there is one: what it says, in brackets. */
function lint(template) {
  const file = join(state, 'template.yaml');
  writeFileSync(file, template);
  const { error, status, stdout } = spawnSync('cfn-lint', [file], { encoding: 'utf8' });
  return error || status === 0 ? '' : ` (cfn-lint: ${stdout.split('\n')[0]})`;
}

/** Lines that the file has now and had not before. */
function changed(before, after) {
  const old = before.split('\n');
  return after.split('\n').filter((line) => {
    const index = old.indexOf(line);
    if (index >= 0) old.splice(index, 1);
    return index < 0 && line.trim() !== '';
  }).length;
}

/** The first error, and where a program ended, its last word; no path of this machine. */
function reason(text) {
  const lines = text.replaceAll(`${copy}/`, '').split('\n');
  const start = lines.findIndex((line) => line.startsWith('error: '));
  const [first = text.trim().split('\n').at(-1), ...more] = lines.slice(Math.max(start, 0));
  const others = more.filter((line) => line.startsWith('error: ')).length;
  const words = more.slice(more.findIndex((line) => /its last (words|lines)/.test(line)) + 1);
  const said =
    words.length < more.length
      ? words
          .filter((line) => line.startsWith('  ') && !line.includes('mend the step'))
          // eslint-disable-next-line no-control-regex
          .map((line) => line.replaceAll(/\u001b\[[\d;]*m/g, '').trim())
          .filter(Boolean)
      : [];
  const last =
    said.findLast((line) => /error|no such|unknown host/i.test(line) && line.length > 20) ?? said.at(-1);
  const short = (line) => (line.length > 220 ? `${line.slice(0, 220)}…` : line);
  return [
    short(
      first
        .replace(/^error: /, '')
        .replace(/^\.?\/?\S+?:\d+:\d+: /, '')
        .replace(/ cannot be had: .*/, ' cannot be had here'),
    ),
    ...(last ? [`“${short(last)}”`] : []),
    ...(others > 0 ? [`and ${others} more`] : []),
  ].join(' ');
}

function row(...cells) {
  console.log(`| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`);
}

/** Ends what hangs: that is a result too. */
function fairway(file, ...args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, [CLI, '-f', file, ...args], {
      cwd: copy,
      env: { ...process.env, XDG_STATE_HOME: state },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr] = [[], []];
    child.stdout.on('data', (chunk) => stdout.push(chunk));
    child.stderr.on('data', (chunk) => stderr.push(chunk));
    const timer = setTimeout(() => child.kill('SIGINT'), MOST_SECONDS * 1000);
    child.once('close', (code) => {
      clearTimeout(timer);
      done({
        code,
        stdout: Buffer.concat(stdout).toString(),
        stderr: code === null ? `error: not ended after ${MOST_SECONDS} s` : Buffer.concat(stderr).toString(),
      });
    });
  });
}
