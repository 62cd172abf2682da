import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cdkValidation } from './cdk-validation.mjs';
import { cli, median, round, run, scratch } from './support.mjs';

const SIZES = [5, 50, 200, 1000];
/** Beyond it cfn-lint takes minutes. */
const LARGEST_FOR_LINTER = 200;
/** Rounds of each tool: what takes minutes is run once. */
const rounds = (size, slow) => (slow ? (size <= 50 ? 3 : 1) : 5);

/** `fairway check` beside cfn-lint and CDK's validation, on the system of examples/jobs with more and more services. */
export async function measure() {
  return scratch(async (folder) => {
    const linter = await run('cfn-lint', ['--version']).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
    const validation = await cdkValidation();
    const rows = [
      [
        'services',
        'resources',
        'KiB',
        'fairway s',
        'MiB',
        'cfn-lint s',
        'MiB',
        'ratio',
        'CDK’s validation s',
        'MiB',
        'ratio',
      ],
    ];
    const gates = [];
    for (const size of SIZES) {
      const { file, text } = await template(folder, size);
      const ours = await repeat(rounds(size, false), process.execPath, [cli, 'check', file]);
      const theirs =
        linter === undefined || size > LARGEST_FOR_LINTER
          ? undefined
          : await repeat(rounds(size, true), 'cfn-lint', [file]);
      const cdks =
        validation === undefined || size > LARGEST_FOR_LINTER
          ? undefined
          : await repeat(rounds(size, true), process.execPath, [...validation.argv, file]);
      rows.push([
        size,
        text.match(/^ {4}Type: AWS::/gm).length,
        Math.round(text.length / 1024),
        round(ours.seconds),
        ours.mebibytes,
        theirs ? round(theirs.seconds, 1) : '–',
        theirs?.mebibytes ?? '–',
        theirs ? round(theirs.seconds / ours.seconds, 1) : '–',
        cdks ? round(cdks.seconds, 1) : '–',
        cdks?.mebibytes ?? '–',
        cdks ? round(cdks.seconds / ours.seconds, 1) : '–',
      ]);
      if (size === 200 && theirs)
        gates.push({
          name: 'check of 200 services, of a twentieth of cfn-lint’s time',
          value: round(ours.seconds),
          limit: round(theirs.seconds / 20),
        });
      if (size === 1000)
        gates.push({ name: 'check of 1,000 services', value: round(ours.seconds), limit: 2 });
    }
    return {
      title: 'Checking: a template with more and more services',
      rows,
      note: `${linter ?? 'no cfn-lint here'}, ${validation?.name ?? 'no validation of CDK’s here'}; start-up included, the most memory each held. Both ask other questions: of the mistakes that \`fairway check\` is for they find none.`,
      gates,
    };
  });
}

/** Runs a program to its end several times: the median of seconds and of the most memory it held. */
async function repeat(times, command, args) {
  const all = [];
  for (let index = 0; index < times; index++) all.push(await watched(command, args));
  return {
    seconds: median(all.map(({ seconds }) => seconds)),
    mebibytes: Math.round(median(all.map(({ kibibytes }) => kibibytes)) / 1024),
  };
}

function watched(command, args) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore'] });
    let kibibytes = 0;
    const look = () => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        kibibytes = Math.max(kibibytes, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
      } catch {
        // It has just ended.
      }
    };
    const timer = setInterval(look, 10);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      const seconds = (performance.now() - began) / 1000;
      // Both tools tell findings by codes below 16 (cfn-lint: errors 2, warnings 4, informational 8).
      if (code === null || code >= 16) reject(new Error(`${command} ${args.join(' ')} exited ${code}`));
      else resolve({ seconds, kibibytes });
    });
  });
}

/** One web server before groups of an API, a worker and a queue: designed once, its group repeated. */
async function template(folder, size) {
  const project = join(folder, 'project');
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'compose.yaml'), COMPOSE);
  const { stdout } = await run(process.execPath, [cli, 'synth', project]);
  const groups = Math.round((size - 1) / 3);
  const text = stdout
    .split(/(?=^(?: {2}[A-Z]\w*|[A-Z]\w*):)/m)
    .map((block) =>
      /^ {2}\w*(Api|Worker|Queue)0/.test(block)
        ? Array.from({ length: groups }, (_, index) =>
            block.replace(/(api|worker|queue)0(?!\d)/gi, `$1${index}`),
          ).join('')
        : block,
    )
    .join('');
  const file = join(folder, `${size}.yaml`);
  writeFileSync(file, text);
  return { file, text };
}

const COMPOSE = `services:
  web:
    image: nginx:1.27
    ports: ["80:80"]
    environment: {API: "http://api0:5000"}
  api0:
    image: node:20
    expose: ["5000"]
    environment: {REDIS_URL: "redis://queue0:6379"}
  worker0:
    image: node:20
    environment: {REDIS_URL: "redis://queue0:6379"}
    x-aws: {worker: true}
  queue0:
    image: redis:7
`;
