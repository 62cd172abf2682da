import type { Drawing, Frame, Node } from '../layout/model.ts';
import type { Verdict } from '../model.ts';
import { COLOUR_OF } from './glyphs.ts';

const ARROWS: Readonly<Record<Verdict, string>> = {
  proven: '-->',
  blocked: '-. ✕ .->',
  unclear: '-. ? .->',
  open: '-->',
  outward: '-.->',
};
const STYLES: Readonly<Record<Frame['kind'], string>> = {
  cloud: 'fill:none,stroke:#16202E',
  region: 'fill:none,stroke:#00A4A6,stroke-dasharray:6 4',
  vpc: 'fill:none,stroke:#8C4FFF,stroke-width:2px',
  zone: 'fill:none,stroke:#00A4A6,stroke-dasharray:3 4',
  public: 'fill:#E9F3E6,stroke:#7AA116,color:#16202E',
  private: 'fill:#E6F2F8,stroke:#00A4A6,color:#16202E',
  isolated: 'fill:#E6F2F8,stroke:#00A4A6,color:#16202E',
  unknown: 'fill:none,stroke:#8796A9,stroke-dasharray:5 4',
  fleet: 'fill:none,stroke:#ED7100,stroke-dasharray:5 4',
};

/** The drawing as a Mermaid flowchart: the same frames, things and flows; Mermaid places them itself. */
export function renderMermaid({ title, frames, nodes, wires }: Drawing): string {
  const ids = new Map(
    [...frames.map(({ id }) => id), ...nodes.map(({ item }) => item.id)].map((id, index) => [
      id,
      `n${index}`,
    ]),
  );
  const idOf = (id: string) => ids.get(id) ?? id;
  const lines: string[] = [];
  const inside = (parent: string | undefined, depth: number): void => {
    const pad = '  '.repeat(depth);
    for (const node of nodes)
      if (node.parent === parent) lines.push(`${pad}${idOf(node.item.id)}["${words(node)}"]`);
    for (const frame of frames) {
      if (frame.parent !== parent) continue;
      lines.push(
        `${pad}subgraph ${idOf(frame.id)}["${quoted([frame.label, frame.aside].filter(Boolean).join(' ')) || ' '}"]`,
        `${pad}  direction TB`,
      );
      inside(frame.id, depth + 1);
      lines.push(`${pad}end`);
    }
  };
  inside(undefined, 1);
  const routes = wires.flatMap((wire) => wire.routes.map(({ flow }) => ({ wire, flow })));
  const edges = routes.map(({ wire, flow }) => {
    const label = [wire.check, ...flow.ports.map((port) => `:${port}`)].filter(Boolean).join(' ');
    const arrow = label === '' ? ARROWS[wire.verdict] : arrowWith(wire.verdict, label);
    return `  ${idOf(flow.from)} ${arrow} ${idOf(flow.to)}`;
  });
  const red = routes.flatMap(({ wire }, index) => (wire.verdict === 'blocked' ? [index] : []));
  return [
    '---',
    `title: ${JSON.stringify(title)}`,
    '---',
    'flowchart TB',
    ...lines,
    ...edges,
    ...frames.map(({ id, kind }) => `  style ${idOf(id)} ${STYLES[kind]}`),
    ...nodes.map(
      ({ item }) => `  style ${idOf(item.id)} fill:#FFFFFF,color:#16202E,stroke:${COLOUR_OF[item.kind]}`,
    ),
    ...(red.length > 0 ? [`  linkStyle ${red.join(',')} stroke:#DD344C,color:#DD344C`] : []),
    '',
  ].join('\n');
}

const arrowWith = (verdict: Verdict, label: string): string =>
  verdict === 'blocked' || verdict === 'unclear' || verdict === 'outward'
    ? `-. "${verdict === 'blocked' ? '✕ ' : verdict === 'unclear' ? '? ' : ''}${quoted(label)}" .->`
    : `-- "${quoted(label)}" -->`;

function words({ item: { name, detail, count } }: Node): string {
  const first = count !== undefined && count !== 1 ? `${name} ×${count}` : name;
  return [`<b>${quoted(first)}</b>`, quoted(detail)].filter(Boolean).join('<br/>');
}

/** https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters */
const quoted = (text: string): string =>
  text.replace(/[#"<>&]/g, (letter) => `#${letter.codePointAt(0)};`).replaceAll('\n', ' ');
