import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Check } from '../model.ts';
import { checkText } from '../testing/check.ts';
import { balancing } from './balancing/index.ts';
import { compute } from './compute/index.ts';
import { configuration } from './configuration/index.ts';
import { checks } from './index.ts';
import { paths } from './paths/index.ts';

// npx vitest run src/verify/checks/documentation -u
const DOCS = '../../../docs/checks/';
const fixtures = new URL('./fixtures/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, fixtures), 'utf8').trimEnd();

const families: readonly (readonly [title: string, about: string, checks: readonly Check[]])[] = [
  ['Paths', 'What belongs together can talk, and nothing else can.', paths],
  ['Load balancing', 'Listeners, rules, target groups and their health checks.', balancing],
  ['Compute', 'Task definitions, containers, and what they run on.', compute],
  ['Permissions and configuration', 'Roles, secrets, quotas, and the template as a text.', configuration],
];

describe('docs/checks', () => {
  it('has the table of checks', () => expect(readme()).toMatchFileSnapshot(`${DOCS}README.md`));

  it.each(checks)('has the page of $id', (check) =>
    expect(page(check)).toMatchFileSnapshot(`${DOCS}${check.id}.md`),
  );

  it('has no page of a check that is gone', () => {
    const pages = readdirSync(new URL(DOCS, import.meta.url));
    const known = ['README.md', ...checks.map(({ id }) => `${id}.md`)];
    expect(pages.filter((name) => !known.includes(name))).toEqual([]);
  });
});

function readme(): string {
  const tables = families.map(([title, about, members]) =>
    [
      `## ${title}`,
      about,
      [
        '| check | severity | what is right |',
        '| --- | --- | --- |',
        ...members.map(({ id, title: right, severity }) => `| [${id}](${id}.md) | ${severity} | ${right} |`),
      ].join('\n'),
    ].join('\n\n'),
  );
  return `${[
    '# What `fairway check` finds',
    `Each check asks about a whole deployment: a compose project, templates, a CDK assembly, or what runs (\`--live\`). It asks for a
path, not for a resource: that a task can reach its registry, not that there is a NAT gateway. What cannot be told without a missing
fact is counted and listed by \`--unknowns\`, never guessed.`,
    `    fairway check                         the project here
    fairway check template.yaml --parameter Env=prod
    fairway check network.yaml app.yaml   templates that belong together
    fairway check cdk.out
    fairway check --live                  what runs in the local region; --region NAME asks AWS
    fairway check template.yaml --fix     shows the changes that mend it, and writes them
    fairway check --format sarif          or json, github`,
    '`fairway up` and `fairway deploy` check first, and stop on errors; `--no-check` goes on.',
    '## Ignoring a finding',
    'In `fairway.yaml` beside the template or compose file, with the reason; `resource` may be left out, and is a logical id or the name\nof a compose service:',
    `\`\`\`yaml
ignore:
  - id: tag-latest
    resource: api
    reason: the image is rebuilt nightly, and each deployment is forced
\`\`\``,
    'or beside the resource itself:',
    `\`\`\`yaml
ApiTaskDefinition:
  Type: AWS::ECS::TaskDefinition
  Metadata:
    Fairway:
      Ignore:
        - Id: tag-latest
          Reason: the image is rebuilt nightly, and each deployment is forced
\`\`\``,
    'An entry without a reason is an error (`ignore-without-reason`); one that matches nothing is a warning (`ignore-unmatched`).',
    ...tables,
    '<!-- Made from the checks: npx vitest run src/verify/checks/documentation -u -->',
  ].join('\n\n')}\n`;
}

function page(check: Check): string {
  const { id, title, severity, source, why } = check;
  const wrong = fixture(`${id}.wrong.yaml`);
  const deployed = existsSync(new URL(`${id}.before.yaml`, fixtures))
    ? fixture(`${id}.before.yaml`)
    : undefined;
  return `${[
    `# ${id}`,
    `${title}. (${severity})`,
    '## What happens',
    `${why}\n\nAWS: <${source}>`,
    ...(deployed === undefined ? [] : ['## Deployed already', code(deployed)]),
    '## Wrong',
    code(wrong.replaceAll(new RegExp(`# <- ${id}`, 'g'), '# <- here')),
    said(check, wrong, deployed),
    '## Right',
    code(fixture(`${id}.right.yaml`)),
    '## Where it is meant to be so',
    `\`\`\`yaml\n# fairway.yaml\nignore:\n  - id: ${id}\n    reason: why it is meant to be so\n\`\`\``,
    'or `Metadata: {Fairway: {Ignore: [{Id, Reason}]}}` beside the resource; see [all checks](README.md).',
  ].join('\n\n')}\n`;
}

const code = (text: string): string => `\`\`\`yaml\n${text}\n\`\`\``;

/** What the check says of its own wrong template. */
function said(check: Check, wrong: string, before: string | undefined): string {
  const edges = [...wrong.matchAll(/^# edges?: (\S+) (\S+) (\d+)$/gm)].map(
    ([, from = '', to = '', port]) => ({
      from,
      to,
      port: Number(port),
    }),
  );
  const { findings } = checkText(wrong, [check], { edges, ...(before === undefined ? {} : { before }) });
  return findings
    .map(
      ({ position, message, fix }) => `- line ${position?.line}: ${message}${fix ? `\n  - ${fix.says}` : ''}`,
    )
    .join('\n');
}
