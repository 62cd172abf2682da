import { LABEL_SIZE } from '../layout/labels.ts';
import type { Box, Drawing, Frame, Label, Node, Point, Wire } from '../layout/model.ts';
import { clipped, lines, textWidth } from '../layout/measure.ts';
import { DETAIL_SIZE, FRAME_SIZE, headerOf, NAME_SIZE, TEXT_AT, TITLE_SIZE } from '../layout/place.ts';
import { COLOUR_OF, GLYPHS } from './glyphs.ts';
import { legendOf, type LegendEntry } from './legend.ts';
import { FONT, STYLE } from './style.ts';

/** The drawing as SVG: text is text, nothing is loaded from anywhere, and it follows the reader's light or dark scheme. */
export function renderSvg(drawing: Drawing): string {
  const legend = legendOf(drawing);
  const notes = legend.notes.flatMap(({ text, closed }) =>
    lines(text, drawing.width - 80, 12).map((line, index) => ({
      line,
      closed: closed && index === 0,
      first: index === 0,
    })),
  );
  const rows = legendRows(legend.entries, drawing.width - 48);
  const height = drawing.legendAt + rows.length * 28 + notes.length * 20 + (notes.length > 0 ? 12 : 0) + 16;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${drawing.width} ${height}" width="${drawing.width}" height="${height}" font-family="${FONT}" role="img" aria-label="${escape(legend.summary)}">`,
    `<title>${escape(drawing.title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${drawing.width}" height="${height}"/>`,
    text({ x: 24, y: 36 }, drawing.title, 'title', TITLE_SIZE),
    ...drawing.frames.map(frame),
    ...drawing.nodes.map(node),
    ...drawing.wires.map(wire),
    ...drawing.wires.flatMap(({ labels, verdict }) =>
      labels.map((label) =>
        [
          label.covers ? `<rect class="halo" ${at(label)} rx="3"/>` : '',
          text(
            {
              x: label.x + (label.anchor === 'start' ? 0 : label.width / (label.anchor === 'middle' ? 2 : 1)),
              y: label.y + 12,
            },
            label.text,
            `label ${verdict}-text`,
            LABEL_SIZE,
            label.anchor,
          ),
        ].join(''),
      ),
    ),
    ...rows.flatMap((row, index) =>
      row.map((entry) => legendEntry(entry, drawing.legendAt + 8 + index * 28)),
    ),
    ...notes.map(({ line, closed, first }, index) =>
      text(
        { x: first ? 24 : 36, y: drawing.legendAt + rows.length * 28 + 24 + index * 20 },
        line,
        closed ? 'blocked-text note' : 'note',
        12,
      ),
    ),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

const at = ({ x, y, width, height }: Box): string => `x="${x}" y="${y}" width="${width}" height="${height}"`;

function frame(frame: Frame): string {
  const { kind, label, id } = frame;
  const header = headerOf(frame);
  const round =
    kind === 'fleet' || kind === 'public' || kind === 'private' || kind === 'isolated' || kind === 'unknown'
      ? 4
      : 0;
  const sign = SIGNS[kind];
  return [
    `<g id="${escape(id)}"><rect class="frame ${kind}" ${at(frame)}${round ? ` rx="${round}"` : ''}/>`,
    sign
      ? `<path class="sign ${kind}-sign" transform="translate(${header.x} ${header.y}) scale(.667)" d="${sign}"/>`
      : '',
    text(
      { x: header.x + (sign ? 22 : 4), y: header.y + 12.5 },
      label,
      `frame-label ${kind}-text`,
      FRAME_SIZE,
    ),
    frame.aside === ''
      ? ''
      : text(
          { x: frame.x + frame.width - 10, y: header.y + 12.5 },
          frame.aside,
          'detail',
          DETAIL_SIZE,
          'end',
        ),
    '</g>',
  ].join('');
}

const CLOUD = 'M7 19H18A4 4 0 0 0 18 11A6 6 0 0 0 7 9A5 5 0 0 0 7 19Z';
const LOCK = 'M6 11H18V20H6ZM9 11V8A3 3 0 0 1 15 8V11';
const OPEN_LOCK = 'M6 11H18V20H6ZM9 11V7A3 3 0 0 1 15 6';
const SIGNS: Readonly<Partial<Record<Frame['kind'], string>>> = {
  cloud: CLOUD,
  region: 'M4 21V4L18 8 4 12',
  vpc: `${CLOUD}M12 13V16`,
  public: OPEN_LOCK,
  private: LOCK,
  isolated: LOCK,
  unknown: LOCK,
};

function node({ item, ...box }: Node): string {
  const { x, y, width } = box;
  const colour = COLOUR_OF[item.kind];
  const count = item.count !== undefined && item.count !== 1 ? `×${item.count}` : '';
  const room = width - TEXT_AT - 8;
  const forCount = count === '' ? 0 : textWidth(count, NAME_SIZE, true) + 8;
  const name = clipped(item.name, room - forCount, NAME_SIZE, true);
  const detail = clipped(item.detail, room, DETAIL_SIZE);
  return [
    `<g><title>${escape([item.name, item.detail, count].filter(Boolean).join(' · '))}</title>`,
    count === ''
      ? ''
      : `<rect class="node" ${at({ ...box, x: x + 3, y: y + 3 })} rx="6" stroke="${colour}"/>`,
    `<rect class="node" ${at(box)} rx="6" stroke="${colour}"/>`,
    `<rect x="${x + 8}" y="${y + 8}" width="32" height="32" rx="5" fill="${colour}"/>`,
    `<path class="glyph" transform="translate(${x + 12} ${y + 12})" d="${GLYPHS[item.kind]}"/>`,
    text({ x: x + TEXT_AT, y: detail === '' ? y + 29 : y + 21 }, name, 'name', NAME_SIZE),
    detail === '' ? '' : text({ x: x + TEXT_AT, y: y + 38 }, detail, 'detail', DETAIL_SIZE),
    count === '' ? '' : text({ x: x + width - 8, y: y + 21 }, count, 'count', NAME_SIZE, 'end'),
    '</g>',
  ].join('');
}

function wire({ verdict, strokes, heads, joints, routes, check }: Wire): string {
  const told = [...new Set(routes.map(({ flow: { from, to } }) => `${from} → ${to}`))].join(', ');
  const whys = [...new Set(routes.flatMap(({ flow }) => flow.why ?? []))].join('; ');
  return [
    `<g><title>${escape([told, check, whys].filter(Boolean).join(': '))}</title>`,
    `<path class="wire ${verdict}" d="${strokes.map(pathOf).join('')}"/>`,
    ...joints.map(({ x, y }) => `<circle class="${verdict}-fill" cx="${x}" cy="${y}" r="3"/>`),
    ...heads.map(({ at: { x, y }, dx, dy }) => {
      const [bx, by] = [x - dx * 9, y - dy * 9];
      return `<path class="${verdict}-fill" d="M${x} ${y}L${bx - dy * 4.5} ${by - dx * 4.5}L${bx + dy * 4.5} ${by + dx * 4.5}Z"/>`;
    }),
    '</g>',
  ].join('');
}

/** With rounded bends. */
function pathOf(points: readonly Point[]): string {
  const parts = points.map((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (!before) return `M${point.x} ${point.y}`;
    if (!after) return `L${point.x} ${point.y}`;
    const near = (other: Point) => {
      const length = Math.abs(other.x - point.x) + Math.abs(other.y - point.y);
      const cut = Math.min(6, length / 2);
      return `${point.x + (Math.sign(other.x - point.x) || 0) * cut} ${point.y + (Math.sign(other.y - point.y) || 0) * cut}`;
    };
    return `L${near(before)}Q${point.x} ${point.y} ${near(after)}`;
  });
  return parts.join('');
}

function legendRows(entries: readonly LegendEntry[], width: number) {
  const rows: (LegendEntry & { x: number })[][] = [[]];
  let x = 24;
  for (const entry of entries) {
    const needed = 40 + textWidth(entry.text, 12) + 24;
    if (x + needed > width + 24 && x > 24) {
      rows.push([]);
      x = 24;
    }
    rows.at(-1)!.push({ ...entry, x });
    x += needed;
  }
  return rows;
}

function legendEntry({ sample, text: words, x }: LegendEntry & { readonly x: number }, y: number): string {
  const drawn =
    sample.kind === 'wire'
      ? `<path class="wire ${sample.verdict}" d="M${x} ${y + 8}H${x + 22}"/><path class="${sample.verdict}-fill" d="M${x + 30} ${y + 8}L${x + 21} ${y + 3.5}V${y + 12.5}Z"/>`
      : sample.kind === 'frame'
        ? `<rect class="frame ${sample.frame}" x="${x}" y="${y}" width="30" height="16" rx="3"/>`
        : text({ x: x + 15, y: y + 12 }, sample.text, 'count', 13, 'middle');
  return `<g>${drawn}${text({ x: x + 38, y: y + 12 }, words, 'note', 12)}</g>`;
}

function text(
  { x, y }: Point,
  words: string,
  style: string,
  size: number,
  anchor: Label['anchor'] = 'start',
): string {
  return `<text x="${x}" y="${y}" class="${style}" font-size="${size}"${anchor !== 'start' ? ` text-anchor="${anchor}"` : ''}>${escape(words)}</text>`;
}

export const escape = (words: string): string =>
  words.replace(/[&<>"]/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[letter]!);
