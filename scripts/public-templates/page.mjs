// Writes what became of the templates into docs/public-templates.md, in place of its last section.
import { readFileSync, writeFileSync } from 'node:fs';

const HEADING = '## Run in the local region';

/** Replaces the tables of the section; of its words only the numbers. */
export function writePage(file, results, brief) {
  const page = readFileSync(file, 'utf8');
  const start = page.indexOf(HEADING);
  const tables = page.indexOf('\n### ', start);
  if (start < 0 || tables < 0) throw new Error(`${file} has no section "${HEADING}" with tables`);
  const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
  const left = results.filter((result) => result.left).length;
  const words = page
    .slice(start, tables)
    .replace(
      /after (none of the \d+|\d+ of the \d+)/,
      `after ${left === 0 ? 'none' : left} of the ${results.length}`,
    )
    .replace(/\*\*\d+ complete\*\*/, `**${count('completes')} complete**`)
    .replace(/\d+ are refused/, `${count('refused')} are refused`)
    .replace(/\d+ fail and/, `${count('fails')} fail and`);
  const repositories = new Map();
  for (const result of results)
    repositories.set(repositoryOf(result), [...(repositories.get(repositoryOf(result)) ?? []), result]);
  const sections = [...repositories].map(([repository, ran]) => section(repository, ran, brief));
  writeFileSync(file, `${page.slice(0, start)}${words}${sections.join('')}`);
}

const repositoryOf = ({ path }) => path.split('/')[0].replace('+', '/');

function section(repository, results, brief) {
  const prefix = repository.endsWith('/container-patterns') ? 'pattern/' : '';
  const rows = results.map(({ path, outcome, services = [], targets = [], cause, left }) => [
    path
      .slice(path.indexOf('/') + 1)
      .replace(prefix, '')
      .replace('/files/', '/'),
    outcome,
    services.map(({ running, desired }) => `${running}/${desired}`).join(', '),
    targets.flatMap(({ healthy, of }) => (of > 0 ? [`${healthy}/${of}`] : [])).join(', '),
    [cause && shortened(brief(cause)), left && `left: ${left}`].filter(Boolean).join('; '),
  ]);
  const table = [
    ['template', 'outcome', 'tasks', 'healthy targets', 'what is missing'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`);
  const below = prefix ? `Below \`${prefix}\`, without \`files/\`.\n\n` : '';
  return `\n### ${repository}\n\n${below}${table.join('')}`;
}

const shortened = (text) => (text.length > 260 ? `${text.slice(0, 259)}…` : text);
