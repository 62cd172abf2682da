import { inOrder } from '../../../verify/check.ts';
import type { Finding, Unanswered } from '../../../verify/model.ts';
import type { Hop } from '../../../verify/reach/model.ts';
import type { Style } from '../../terminal.ts';
import type { Counts, Outcome } from '../run.ts';
import { codeFrame } from './frame.ts';

/** What people read: by file, each finding with its line, why, what to write, and where more of it stands. */
export function renderText(
  outcomes: readonly Outcome[],
  counts: Counts,
  { style, showUnknowns }: { readonly style: Style; readonly showUnknowns: boolean },
): string {
  const told = new Set<string>();
  const blocks = outcomes.flatMap((outcome) => [
    ...byFile(outcome.findings, outcome.subject.name).map(([file, findings]) =>
      [
        `${style.bold(file)}  ${style.dim(tally(findings))}`,
        ...findings.map((finding) => {
          const brief = told.has(finding.id);
          told.add(finding.id);
          return renderFinding(finding, outcome, style, { brief });
        }),
      ].join('\n\n'),
    ),
    ...(showUnknowns && outcome.unknowns.length > 0 ? [renderUnknowns(outcome.unknowns, style)] : []),
    ...(outcome.ignored.length > 0 ? [renderIgnored(outcome, style)] : []),
  ]);
  return [...blocks, summary(outcomes, counts, { style, showUnknowns })].join('\n\n');
}

function byFile(findings: readonly Finding[], otherwise: string): [file: string, findings: Finding[]][] {
  const files = new Map<string, Finding[]>();
  for (const finding of findings) {
    const file = finding.position?.file ?? otherwise;
    files.set(file, [...(files.get(file) ?? []), finding]);
  }
  return [...files];
}

const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

function tally(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  return [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ].join(', ');
}

/** `brief`: what was said of an earlier finding of the same check is not said again. */
export function renderFinding(
  finding: Finding,
  { subject }: Pick<Outcome, 'subject'>,
  style: Style,
  { brief = false }: { readonly brief?: boolean } = {},
): string {
  const { id, severity, resource, property, position, message, why, fix, source, path } = finding;
  const paint = severity === 'error' ? style.red : style.yellow;
  const made = subject.madeFrom?.(resource);
  const place = position ? `${position.line}:${position.column}  ` : '';
  const where = `${resource}${property === undefined ? '' : `.${property}`}`;
  const text = position && subject.text(position.file);
  const frame = position && text !== undefined ? codeFrame(text, position, style) : [];
  const closed = path?.hops.filter(({ passes }) => passes !== 'yes') ?? [];
  return [
    `${style.dim(place)}${paint(severity)} ${style.bold(id)}  ${where}`,
    `  ${message}`,
    ...(made === undefined ? [] : [`  ${style.dim(`of the template that is designed for ${made}`)}`]),
    ...frame.map((line) => `    ${line}`),
    ...(path === undefined ? [] : closed.map((hop) => `  ${renderHop(hop, style)}`)),
    ...(brief ? [] : labelled('why', why, style.dim)),
    ...(fix ? labelled('fix', fix.says, style.green) : []),
    ...(brief ? [] : labelled('see', `docs/checks/${id}.md, ${source}`, style.dim)),
  ].join('\n');
}

const labelled = (label: string, text: string, paint: (text: string) => string): string[] =>
  text.split('\n').map((line, index) => `  ${paint((index === 0 ? label : '').padEnd(3))} ${line}`);

/** `✗ route  …` */
export function renderHop({ passes, gate, says }: Hop, style: Style): string {
  if (passes === 'yes') return `${style.green('✓')} ${gate.padEnd(17)} ${says}`;
  if (passes === 'no') return `${style.red('✗')} ${style.red(gate.padEnd(17))} ${says}`;
  return `${style.yellow('?')} ${style.yellow(gate.padEnd(17))} ${says}`;
}

function renderUnknowns(unknowns: readonly Unanswered[], style: Style): string {
  const rows = inOrder(unknowns).map(({ id, resource, position, why }) => {
    const place = position ? `${position.file}:${position.line}  ` : '';
    return `${style.dim(place)}${style.bold(id)}  ${resource}: ${why}`;
  });
  return [`${style.bold('cannot be told')}`, ...new Set(rows)].join('\n  ');
}

function renderIgnored({ ignored }: Outcome, style: Style): string {
  const rows = ignored.map(
    ({ finding: { id, resource }, reason }) => `${style.bold(id)}  ${resource}: ${style.dim(reason)}`,
  );
  return [style.bold('ignored'), ...rows].join('\n  ');
}

function summary(
  outcomes: readonly Outcome[],
  { errors, warnings, unknowns, ignored }: Counts,
  { style, showUnknowns }: { readonly style: Style; readonly showUnknowns: boolean },
): string {
  const what = outcomes.map(({ subject }) => subject.name).join(', ');
  const verdict =
    errors > 0
      ? style.red(count(errors, 'error'))
      : warnings > 0
        ? style.yellow('no errors')
        : style.green('nothing is wrong');
  const more = [
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
    ...(ignored > 0 ? [`${ignored} ignored`] : []),
    ...(unknowns > 0
      ? [
          `${count(unknowns, 'question')} that cannot be told${showUnknowns ? '' : ' (--unknowns lists them)'}`,
        ]
      : []),
  ];
  return `${what}: ${[verdict, ...more].join(', ')}\n`;
}
