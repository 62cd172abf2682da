// Runs the templates of a folder that have ECS resources, one by one, in a local region of their own, and prints a table of what
// becomes of each:
//   node scripts/public-templates.mjs FOLDER [--json FILE] [--write | WORD…]      (only paths with one of the words)
// --write puts the table into docs/public-templates.md; it takes no words, since the page has all templates.
// What a template imports, or takes as a parameter without default, comes from the templates beside it where they give it, else from
// a prepared network. Images that are not on this machine are replaced by one that is. Uses dist/ (npm run build).
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAccount } from './public-templates/account.mjs';
import { exportsTemplate, networkTemplate } from './public-templates/network.mjs';
import { writePage } from './public-templates/page.mjs';
import { planner } from './public-templates/plan.mjs';
import { readTemplates, typesOf } from './public-templates/read.mjs';

/** Five minutes of draining pass in ten seconds; programs start as fast as they do. */
const TIME_SCALE = 30;

const [folder, ...rest] = process.argv.slice(2);
const option = rest.indexOf('--json');
const file = option < 0 ? undefined : rest.splice(option, 2)[1];
const write = rest.indexOf('--write');
if (write >= 0) rest.splice(write, 1);
if (folder === undefined || (write >= 0 && rest.length > 0)) {
  console.error('usage: node scripts/public-templates.mjs FOLDER [--json FILE] [--write | WORD…]');
  process.exit(2);
}
const dist = process.env.FAIRWAY_DIST ?? fileURLToPath(new URL('../dist', import.meta.url));
const region = spawn(
  process.execPath,
  [join(dist, 'cli.mjs'), 'region', '--ephemeral', '--port', '0', '--time-scale', String(TIME_SCALE)],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
process.once('exit', () => region.kill('SIGTERM'));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void end(130));
const account = createAccount(await settingsOf(region));
const templates = readTemplates(resolve(folder));
const plan = planner(templates);
const chosen = templates.filter(
  (template) =>
    [...typesOf(template)].some((type) => String(type).startsWith('AWS::ECS::')) &&
    (rest.length === 0 || rest.some((word) => template.path.includes(word))),
);
const results = [];
row('template', 'outcome', 'tasks', 'targets', 'with', 'what is missing');
row('---', '---', '---', '---', '---', '---');
const empty = await account.inventory();
for (const template of chosen) {
  const result = { path: template.path, ...(await run(template)) };
  results.push(result);
  if (file) writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  const { outcome, services = [], targets = [], beside, images, cause, left } = result;
  const tasks = services.map(({ running, desired }) => `${running}/${desired}`).join(', ');
  row(
    template.path,
    outcome,
    tasks,
    targets.map(({ healthy, of }) => `${healthy}/${of}`).join(', '),
    [...beside, ...images.map(({ from, to }) => `${from} → ${to}`)].join('; '),
    [cause && brief(cause), left && `left: ${left}`].filter(Boolean).join('; '),
  );
}
if (write >= 0)
  writePage(fileURLToPath(new URL('../docs/public-templates.md', import.meta.url)), results, brief);
const of = (outcome) => results.filter((result) => result.outcome === outcome).length;
console.log(
  `\n${of('completes')} of ${results.length} complete, ${of('refused')} are refused before anything is made, ${of('fails')} fail`,
);
await end(0);

async function run(template) {
  const steps = plan(template);
  const beside = [];
  const given = {};
  const made = [];
  let network;
  try {
    for (const { otherwise, ...step } of steps.before) {
      if (step.stack !== undefined) {
        const stack = await account.create(step.stack, step.body, step.parameters(given));
        made.push(step.stack);
        if (stack.outcome === 'completes') {
          Object.assign(given, step.gives(stack.outputs));
          if (step.path) beside.push(step.path.split('/').at(-1));
          continue;
        }
        if (otherwise) await account.remove([made.pop()]);
      }
      if (!otherwise) continue;
      // Of several parents that are not there, the first is a whole network, and the others give parts of it.
      const { stack, names } = otherwise;
      const body = network ? exportsTemplate(names, network) : networkTemplate(names);
      const prepared = await account.create(stack, body, {});
      made.push(stack);
      if (prepared.outcome !== 'completes') throw new Error(`${stack}: ${prepared.cause}`);
      network ??= prepared.outputs;
    }
    const { stack, body, parameters, images } = steps.last;
    made.push(stack);
    const created = await account.create(stack, body, parameters(given));
    const seen = created.outcome === 'completes' ? await account.observe(stack) : {};
    return { ...created, ...seen, beside, images, left: await clear(made) };
  } catch (error) {
    return { outcome: 'fails', cause: error.message, beside, images: [], left: await clear(made) };
  }
}

async function clear(stacks) {
  const failure = await account.remove([...stacks].reverse());
  return failure ?? account.difference(empty, await account.inventory());
}

/** What is refused, with its place, without what to do about it. */
function brief(cause) {
  const problems = cause
    .replaceAll(/; (it enacts|this region does|Fairway does|leave it out|put \S+ into).*$/gm, '')
    .replaceAll('Template format error: ', '')
    .split('\n')
    .filter(Boolean);
  const more = problems.length - 3;
  return [...problems.slice(0, 3), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

function row(...cells) {
  console.log(
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`,
  );
}

/** The settings for AWS clients that the region prints when it is ready. */
function settingsOf(child) {
  return new Promise((done, failed) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text = `${text}${chunk}`.slice(0, 10_000);
      const settings = Object.fromEntries(
        [...text.matchAll(/export (\w+)=(.+)$/gm)].map(([, name, value]) => [name, value]),
      );
      if (settings.AWS_SECRET_ACCESS_KEY) done(settings);
    });
    child.once('close', (code) => failed(new Error(`fairway region exited ${code}`)));
  });
}

async function end(code) {
  const ended = new Promise((done) => region.once('close', done));
  region.kill('SIGTERM');
  await ended;
  process.exit(code);
}
