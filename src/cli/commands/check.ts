import type { Command, Invocation } from '../command.ts';
import { usageError } from '../command.ts';
import { remoteOptions } from '../remote-options.ts';

export const FORMATS = ['text', 'json', 'sarif', 'github'] as const;
type Format = (typeof FORMATS)[number];

export const command: Command = {
  name: 'check',
  summary: 'Find what would fail on AWS, before anything is deployed',
  usage: '[OPTIONS] [PATH…]',
  details:
    'PATH is a compose file or its folder, a CloudFormation template, several templates that belong together, or a CDK\nassembly (cdk.out). With --live, what runs in a region is checked instead.\nExits 1 where something fails, 0 where nothing does, 2 where the input is wrong. fairway.yaml says what to ignore, and why.',
  options: [
    { name: 'parameter', value: 'NAME=VALUE', multiple: true, help: 'value of a template parameter' },
    { name: 'format', value: 'FORMAT', help: `${FORMATS.join(', ')} (default: text)` },
    { name: 'unknowns', help: 'list the questions that cannot be answered, and what is missing' },
    { name: 'strict', help: 'exit 1 on warnings too' },
    { name: 'fix', help: 'show the changes that mend what is found, and write them' },
    { name: 'yes', short: 'y', help: 'write them without asking' },
    { name: 'live', help: 'check what runs: the local region, or AWS with --region or --endpoint-url' },
    { name: 'recorded', value: 'FOLDER', help: 'with --live: answers that were written down before' },
    { name: 'record', value: 'FOLDER', help: 'with --live: write the answers down' },
    ...remoteOptions,
  ],
  arguments: [0, Infinity],
  async run(invocation) {
    const format = formatOf(invocation);
    const [{ checks }, { checkSubject, countsOf, exitCode }, { readIgnores }, { readText }] =
      await Promise.all([
        import('../../verify/checks/index.ts'),
        import('../check/run.ts'),
        import('../check/settings.ts'),
        import('../project.ts'),
      ]);
    const ids = checks.map(({ id }) => id);
    const examine = async (texts?: ReadonlyMap<string, string>) =>
      (await subjectsOf(invocation, texts)).map((subject) =>
        checkSubject(
          subject,
          readIgnores(subject.folder, (file) => readText(invocation.cwd, file), ids),
        ),
      );
    let outcomes = await examine();
    if (invocation.flag('fix')) {
      const { offerFixes } = await import('../check/offer-fixes.ts');
      if (await offerFixes(invocation, outcomes, examine)) outcomes = await examine();
    }
    const counts = countsOf(outcomes);
    const { terminal } = invocation;
    switch (format) {
      case 'json':
        terminal.out((await import('../check/formats/json.ts')).renderJson(outcomes, counts));
        break;
      case 'sarif':
        terminal.out((await import('../check/formats/sarif.ts')).renderSarif(outcomes, checks));
        break;
      case 'github':
        terminal.out((await import('../check/formats/github.ts')).renderGithub(outcomes));
        break;
      case 'text': {
        for (const note of outcomes.flatMap(({ subject }) => subject.notes))
          terminal.err(`${terminal.style.dim('note:')} ${note}\n`);
        const { renderText } = await import('../check/formats/text.ts');
        terminal.out(
          renderText(outcomes, counts, {
            style: terminal.outStyle,
            showUnknowns: invocation.flag('unknowns'),
          }),
        );
      }
    }
    return exitCode(counts, invocation.flag('strict'));
  },
};

function formatOf(invocation: Invocation): Format {
  const text = invocation.text('format') ?? 'text';
  const format = FORMATS.find((one) => one === text);
  if (format) return format;
  throw usageError(command, `--format "${text}" is none of ${FORMATS.join(', ')}`);
}

async function subjectsOf(invocation: Invocation, texts?: ReadonlyMap<string, string>) {
  if (invocation.flag('live')) {
    if (invocation.positionals.length > 0) throw usageError(command, '--live takes no PATH');
    const { liveSubject } = await import('../check/live/subject.ts');
    return [await liveSubject(invocation)];
  }
  const { loadSubjects } = await import('../check/load.ts');
  return loadSubjects(invocation, invocation.positionals, texts);
}
