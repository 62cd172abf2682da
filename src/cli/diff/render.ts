import type {
  NamedChange,
  PropertyChange,
  ResourceChange,
  TemplateDiff,
} from '../../template/difference/model.ts';
import type { Style } from '../terminal.ts';

const MOST_TEXT = 60;

/** What a change does, the worst first: what loses data, what is replaced, then the rest. */
export function renderDiff({ resources, parameters, outputs }: TemplateDiff, style: Style): string {
  const ordered = resources.toSorted((a, b) => rank(a) - rank(b));
  const blocks = [
    ...ordered.map((change) => renderResource(change, style)),
    ...named('parameter', parameters, style),
    ...named('output', outputs, style),
  ];
  return `${[...blocks, '', summary(resources, style)].join('\n')}\n`;
}

const ORDER = ['removed', 'replaced', 'may-be-replaced', 'changed', 'added'] as const;
const rank = ({ kind, data }: ResourceChange): number => (data?.fate === 'lost' ? -1 : ORDER.indexOf(kind));

function renderResource(change: ResourceChange, style: Style): string {
  const { kind, id, type, properties, renamedFrom, conditional, data, name } = change;
  const [mark, paint, words] = {
    added: ['+', style.green, 'is added'],
    removed: ['-', style.red, 'is removed'],
    replaced: ['±', style.red, 'is replaced: a new one is made, then the old one goes'],
    'may-be-replaced': ['±', style.yellow, 'may be replaced'],
    changed: ['~', style.yellow, 'is changed in place'],
  }[kind] as [string, (text: string) => string, string];
  return [
    `${paint(mark)} ${style.bold(id)}  ${style.dim(type)}  ${paint(words)}${conditional ? style.dim(' (if its condition holds)') : ''}`,
    ...(renamedFrom === undefined ? [] : [`    the same as ${renamedFrom} before, under another logical id`]),
    ...(data ? [dataLine(data, style)] : []),
    ...(name
      ? [
          `    ${style.red('fails')}: ${name.property} ${shown(name.value)} is taken until the old one is gone; take the name away, or give another`,
        ]
      : []),
    ...properties.map((property) => renderProperty(property, style)),
  ].join('\n');
}

function dataLine({ what, fate }: NonNullable<ResourceChange['data']>, style: Style): string {
  if (fate === 'lost') return `    ${style.red('data is lost')}: ${what}`;
  return fate === 'kept'
    ? `    data is kept: ${what}, which no stack has then`
    : `    data is kept in a snapshot: ${what}`;
}

function renderProperty({ label, before, after, effect, because }: PropertyChange, style: Style): string {
  const why =
    effect === 'replaces'
      ? `  ${style.red('replaces it')}`
      : effect === 'may-replace'
        ? `  ${style.yellow('may replace it')}`
        : '';
  if (because !== undefined) return `    ${label}: follows ${because}, which is made anew${why}`;
  const what =
    before === undefined
      ? `${style.green(shown(after))} (new)`
      : after === undefined
        ? `${style.red(shown(before))} (gone)`
        : `${style.red(shown(before))} → ${style.green(shown(after))}`;
  return `    ${label}: ${what}${why}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const line = text.replaceAll('\n', '⏎');
  return line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT - 1)}…` : line;
}

const named = (what: string, changes: readonly NamedChange[], style: Style): string[] =>
  changes.map(({ kind, name, before, after }) => {
    if (kind === 'added') return `${style.green('+')} ${what} ${style.bold(name)}: ${shown(after)}`;
    if (kind === 'removed') return `${style.red('-')} ${what} ${style.bold(name)}: ${shown(before)}`;
    return `${style.yellow('~')} ${what} ${style.bold(name)}: ${style.red(shown(before))} → ${style.green(shown(after))}`;
  });

function summary(resources: readonly ResourceChange[], style: Style): string {
  const words = {
    added: 'added',
    removed: 'removed',
    replaced: 'replaced',
    'may-be-replaced': 'may be replaced',
    changed: 'changed',
  };
  const counts = ORDER.flatMap((kind) => {
    const number = resources.filter((change) => change.kind === kind).length;
    return number > 0 ? [`${number} ${words[kind]}`] : [];
  });
  const lost = resources.filter(({ data }) => data?.fate === 'lost').length;
  return [
    counts.length > 0 ? `resources: ${counts.join(', ')}` : 'no resource changes',
    ...(lost > 0 ? [style.red(`${lost} lose${lost === 1 ? 's' : ''} data`)] : []),
  ].join('; ');
}

export const isEmpty = ({ resources, parameters, outputs }: TemplateDiff): boolean =>
  resources.length + parameters.length + outputs.length === 0;
