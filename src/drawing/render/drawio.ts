import type { Box, Drawing, Frame, Node, Point, Route, Wire } from '../layout/model.ts';
import type { Verdict } from '../model.ts';
import { COLOUR_OF } from './glyphs.ts';
import { legendOf } from './legend.ts';
import { escape } from './svg.ts';

const FRAMES: Readonly<Record<Frame['kind'], string>> = {
  cloud: 'fillColor=none;strokeColor=#16202E;fontColor=#16202E;',
  region: 'fillColor=none;strokeColor=#00A4A6;dashed=1;fontColor=#00696B;',
  vpc: 'fillColor=none;strokeColor=#8C4FFF;strokeWidth=2;fontColor=#6B2FE0;',
  zone: 'fillColor=none;strokeColor=#00A4A6;dashed=1;dashPattern=3 4;fontColor=#00696B;',
  public: 'fillColor=#E9F3E6;strokeColor=#7AA116;fontColor=#4F6B0C;',
  private: 'fillColor=#E6F2F8;strokeColor=#00A4A6;fontColor=#00696B;',
  isolated: 'fillColor=#E6F2F8;strokeColor=#00A4A6;fontColor=#00696B;',
  unknown: 'fillColor=none;strokeColor=#8796A9;dashed=1;fontColor=#55647A;',
  fleet: 'fillColor=none;strokeColor=#ED7100;dashed=1;fontColor=#D86600;',
};
const WIRES: Readonly<Record<Verdict, string>> = {
  proven: 'strokeColor=#16202E;strokeWidth=1.5;',
  blocked: 'strokeColor=#DD344C;fontColor=#DD344C;strokeWidth=2;dashed=1;',
  unclear: 'strokeColor=#55647A;dashed=1;dashPattern=2 4;',
  open: 'strokeColor=#55647A;strokeWidth=1;',
  outward: 'strokeColor=#55647A;strokeWidth=1;dashed=1;dashPattern=1 3;',
};

/** The drawing as a file of diagrams.net: frames hold what stands in them, flows hang on their ends. */
export function renderDrawio(drawing: Drawing): string {
  const { title, frames, nodes, wires } = drawing;
  const places = new Map<string, Box>([
    ...frames.map((frame) => [frame.id, frame] as const),
    ...nodes.map((node) => [node.item.id, node] as const),
  ]);
  const ids = new Map([...places.keys()].map((id, index) => [id, `n${index}`]));
  const idOf = (id: string) => ids.get(id) ?? id;
  const vertex = (id: string, value: string, style: string, box: Box, parent: string | undefined) => {
    const origin = parent === undefined ? { x: 0, y: 0 } : places.get(parent)!;
    return `<mxCell id="${idOf(id)}" value="${escape(value)}" style="${style}" vertex="1" parent="${parent === undefined ? '1' : idOf(parent)}"><mxGeometry x="${box.x - origin.x}" y="${box.y - origin.y}" width="${box.width}" height="${box.height}" as="geometry"/></mxCell>`;
  };
  const cells = [
    ...frames.map((frame) =>
      vertex(
        frame.id,
        escape([frame.label, frame.aside].filter(Boolean).join(' ')),
        `html=1;rounded=0;container=1;collapsible=0;recursiveResize=0;verticalAlign=top;align=left;spacingLeft=8;spacingTop=4;fontStyle=1;${FRAMES[frame.kind]}`,
        frame,
        frame.parent,
      ),
    ),
    ...nodes.map((node) =>
      vertex(
        node.item.id,
        nodeText(node),
        `html=1;rounded=1;arcSize=12;align=left;spacingLeft=10;whiteSpace=wrap;fillColor=#FFFFFF;fontColor=#16202E;strokeWidth=2;strokeColor=${COLOUR_OF[node.item.kind]};`,
        node,
        node.parent,
      ),
    ),
    ...wires.flatMap((wire, net) =>
      wire.routes.map((route, index) => edge(wire, route, `e${net}-${index}`, places, idOf)),
    ),
    ...legendOf(drawing).notes.map(
      ({ text, closed }, index) =>
        `<mxCell id="note${index}" value="${escape(escape(text))}" style="text;html=1;align=left;fontColor=${closed ? '#DD344C' : '#55647A'};" vertex="1" parent="1"><mxGeometry x="24" y="${drawing.legendAt + index * 24}" width="${drawing.width - 48}" height="20" as="geometry"/></mxCell>`,
    ),
  ];
  return [
    '<mxfile host="fairway">',
    `<diagram name="${escape(title)}">`,
    `<mxGraphModel dx="0" dy="0" grid="1" gridSize="8" page="1" pageWidth="${drawing.width}" pageHeight="${drawing.height}" math="0" shadow="0"><root>`,
    '<mxCell id="0"/>',
    '<mxCell id="1" parent="0"/>',
    ...cells,
    '</root></mxGraphModel>',
    '</diagram>',
    '</mxfile>',
    '',
  ].join('\n');
}

function nodeText({ item: { name, detail, count } }: Node): string {
  const first = count !== undefined && count !== 1 ? `${name} ×${count}` : name;
  const second =
    detail === '' ? '' : `<br><font style="font-size:11px" color="#55647A">${escape(detail)}</font>`;
  return `<b>${escape(first)}</b>${second}`;
}

function edge(
  { verdict, check }: Wire,
  { flow, points }: Route,
  id: string,
  places: ReadonlyMap<string, Box>,
  idOf: (id: string) => string,
): string {
  const text = [check, ...flow.ports.map((port) => `:${port}`)].filter(Boolean).join(' ');
  const [first, last] = [points[0]!, points.at(-1)!];
  const ends = `${portOf('exit', places.get(flow.from)!, first)}${portOf('entry', places.get(flow.to)!, last)}`;
  const style = `edgeStyle=orthogonalEdgeStyle;rounded=1;html=1;endArrow=block;endFill=1;fontSize=11;labelBackgroundColor=none;${WIRES[verdict]}${ends}`;
  const way = points
    .slice(1, -1)
    .map(({ x, y }) => `<mxPoint x="${x}" y="${y}"/>`)
    .join('');
  return `<mxCell id="${id}" value="${escape(escape(text))}" style="${style}" edge="1" parent="1" source="${idOf(flow.from)}" target="${idOf(flow.to)}"><mxGeometry x="0.7" relative="1" as="geometry"><Array as="points">${way}</Array></mxGeometry></mxCell>`;
}

/** Where on a box's border a line ends, as shares of its sides. */
function portOf(which: 'exit' | 'entry', box: Box, { x, y }: Point): string {
  const share = (value: number) => Math.round(value * 1000) / 1000;
  return `${which}X=${share((x - box.x) / box.width)};${which}Y=${share((y - box.y) / box.height)};${which}Dx=0;${which}Dy=0;`;
}
