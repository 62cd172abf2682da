import { writeFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import type { Drawing } from '../../drawing/layout/model.ts';
import type { Subject } from '../check/subject.ts';
import type { Command, Invocation } from '../command.ts';
import { usageError } from '../command.ts';
import { remoteOptions } from '../remote-options.ts';

/** What draws a drawing, by the end of the file's name. */
const RENDERERS: Readonly<Record<string, () => Promise<(drawing: Drawing) => string>>> = {
  '.svg': async () => (await import('../../drawing/render/svg.ts')).renderSvg,
  '.drawio': async () => (await import('../../drawing/render/drawio.ts')).renderDrawio,
  '.mmd': async () => (await import('../../drawing/render/mermaid.ts')).renderMermaid,
};

export const command: Command = {
  name: 'draw',
  summary: 'Draw a deployment: its network, what stands in it, and which flows hold',
  usage: '[OPTIONS] [PATH]',
  details:
    'PATH is a compose file or its folder, a CloudFormation template, or a CDK assembly (cdk.out). With --live, what runs in a\nregion is drawn. The name of FILE says the format: .svg, .drawio (diagrams.net) or .mmd (Mermaid).',
  options: [
    { name: 'output', short: 'o', value: 'FILE', help: 'write it to a file (default: SVG, printed)' },
    { name: 'title', value: 'TEXT', help: 'what stands above it' },
    { name: 'parameter', value: 'NAME=VALUE', multiple: true, help: 'value of a template parameter' },
    { name: 'live', help: 'draw what runs: the local region, or AWS with --region or --endpoint-url' },
    { name: 'recorded', value: 'FOLDER', help: 'with --live: answers that were written down before' },
    ...remoteOptions,
  ],
  arguments: [0, 1],
  async run(invocation) {
    const output = invocation.text('output');
    const load = RENDERERS[output === undefined ? '.svg' : extname(output)];
    if (!load)
      throw usageError(command, `--output "${output}" ends in none of ${Object.keys(RENDERERS).join(', ')}`);
    const [subject, { drawingOf }, render] = await Promise.all([
      subjectOf(invocation),
      import('../../drawing/draw.ts'),
      load(),
    ]);
    const drawing = drawingOf(subject.context, {
      title: invocation.text('title') ?? titleOf(subject, invocation.cwd),
      region: regionOf(invocation, subject),
      nameOf: nameIn(subject),
    });
    const text = render(drawing);
    if (output === undefined) invocation.terminal.out(text);
    else await writeFile(resolve(invocation.cwd, output), text);
    return 0;
  },
};

async function subjectOf(invocation: Invocation): Promise<Subject> {
  if (invocation.flag('live')) {
    if (invocation.positionals.length > 0) throw usageError(command, '--live takes no PATH');
    return (await import('../check/live/subject.ts')).liveSubject(invocation);
  }
  const { loadSubjects } = await import('../check/load.ts');
  return (await loadSubjects(invocation, invocation.positionals))[0]!;
}

/** The project's name, what a template says of itself, else the file's name. */
function titleOf({ kind, name, folder, context }: Subject, cwd: string): string {
  const description = context.templates[0]?.template.Description;
  const project = /^(.+): made by Fairway/.exec(description ?? '')?.[1];
  if (kind === 'live') return name;
  if (kind === 'compose') return project ?? basename(resolve(cwd, folder));
  return description?.split('\n')[0]?.trim() || basename(name, extname(name));
}

/** Where nobody says it, a template is for any region. */
const regionOf = ({ text, env }: Invocation, { kind, context }: Subject): string | undefined =>
  text('region') ??
  (env.AWS_REGION || env.AWS_DEFAULT_REGION) ??
  (kind === 'live' ? context.system.subnets[0]?.zone.slice(0, -1) : undefined);

/** Services of a project have the names that its files give them. */
function nameIn({ madeFrom, context }: Subject): (id: string) => string | undefined {
  const services = new Set(context.system.services.map(({ id }) => id));
  return (id) => (services.has(id) ? /^service (.+)$/.exec(madeFrom?.(id) ?? '')?.[1] : undefined);
}
