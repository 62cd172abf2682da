import { type Block, INTERNET, type Item, type Picture, type Tier, type VpcPicture } from '../model.ts';
import { textWidth } from './measure.ts';
import { type Box, type Frame, type FrameKind, GRID, type Node } from './model.ts';

/** Room between things, in pixels; multiples of GRID. More of it where many lines have to pass. */
export interface Spacing {
  readonly columns: number;
  readonly rows: number;
}
export interface Placed {
  readonly frames: readonly Frame[];
  readonly nodes: readonly Node[];
  /** What no line may cross besides nodes. */
  readonly texts: readonly Box[];
  readonly width: number;
  readonly height: number;
}

const NODE_HEIGHT = 48;
const HEADER = 32;
const GATEWAY_WIDTH = 192;
const MARGIN = 16;
/** Between a frame and the one around it. */
const INSET = 16;
export const NAME_SIZE = 14;
export const DETAIL_SIZE = 12;
export const FRAME_SIZE = 13;
export const TITLE_SIZE = 20;
/** Left of the name stands the icon. */
export const TEXT_AT = 48;

const up = (length: number, step = GRID): number => Math.ceil(length / step) * step;
const even = (length: number): number => up(length, 2 * GRID);

/** Sizes from the inside to the outside, then positions from the outside to the inside. */
export function place(picture: Picture, spacing: Spacing): Placed {
  const width = nodeWidth(picture);
  const frames: Frame[] = [];
  const nodes: Node[] = [];
  const sizes = picture.vpcs.map((vpc) => vpcSize(vpc, width, spacing));
  const regional = picture.regional.length;
  const regionalHeight = regional * (NODE_HEIGHT + spacing.rows) - spacing.rows;
  const top = 56 + (picture.internet ? NODE_HEIGHT : 0);
  const region = {
    x: MARGIN + INSET,
    y: top + HEADER,
    width:
      sizes.reduce((sum, size) => sum + size.width, 0) +
      Math.max(0, sizes.length - 1) * (spacing.columns + 16) +
      (regional > 0 ? width + spacing.columns + 16 : 0) +
      2 * INSET,
    height: Math.max(regionalHeight + 24, ...sizes.map((size) => size.height)) + HEADER + 24 + INSET,
  };
  const cloud = {
    x: MARGIN,
    y: top,
    width: region.width + 2 * INSET,
    height: region.height + HEADER + INSET,
  };
  frames.push({ ...cloud, id: 'cloud', kind: 'cloud', label: 'AWS Cloud', aside: '', parent: undefined });
  const regionLabel = picture.region === undefined ? 'Region' : `Region ${picture.region}`;
  frames.push({ ...region, id: 'region', kind: 'region', label: regionLabel, aside: '', parent: 'cloud' });
  let x = region.x + INSET;
  const y = region.y + HEADER + 24;
  for (const [index, vpc] of picture.vpcs.entries()) {
    const size = sizes[index]!;
    const box = { x, y, width: size.width, height: size.height };
    placeVpc(vpc, box, size, { width, spacing, frames, nodes });
    x += size.width + spacing.columns + 16;
  }
  for (const [index, item] of picture.regional.entries())
    nodes.push({
      item,
      parent: 'region',
      x,
      y: y + 24 + index * (NODE_HEIGHT + spacing.rows),
      width,
      height: NODE_HEIGHT,
    });
  if (picture.internet) nodes.push(internet(nodes, cloud));
  return {
    frames,
    nodes,
    texts: frames.flatMap((frame) => [
      ...(frame.label === '' ? [] : [headerOf(frame)]),
      ...(frame.aside === '' ? [] : [asideOf(frame)]),
    ]),
    width: cloud.width + 2 * MARGIN,
    height: up(cloud.y + cloud.height + 16),
  };
}

/** Above the first gateway, so that the way in is straight. */
function internet(nodes: readonly Node[], cloud: Box): Node {
  const gateway = nodes.find(({ item }) => item.kind === 'internet-gateway');
  const width = 128;
  const middle = gateway ? gateway.x + gateway.width / 2 : up(cloud.x + cloud.width / 2);
  const item: Item = {
    id: INTERNET,
    of: INTERNET,
    kind: 'internet',
    name: 'Internet',
    detail: '',
    count: undefined,
  };
  return { item, parent: undefined, x: middle - width / 2, y: 40, width, height: NODE_HEIGHT };
}

/** What a frame's label covers. */
export function headerOf({ x, y, label, kind }: Frame): Box {
  const icon = kind === 'zone' || kind === 'fleet' ? 0 : 20;
  return {
    x: x + GRID,
    y: y + GRID,
    width: up(textWidth(label, FRAME_SIZE, true) + icon + GRID),
    height: 2 * GRID,
  };
}

/** The other end of a frame's head. */
export function asideOf({ x, y, width, aside }: Frame): Box {
  const needed = up(textWidth(aside, DETAIL_SIZE) + GRID);
  return { x: x + width - GRID - needed, y: y + GRID, width: needed, height: 2 * GRID };
}

function nodeWidth(picture: Picture): number {
  const items = [
    ...picture.regional,
    ...picture.vpcs.flatMap(({ tiers }) =>
      tiers.flatMap(({ subnets }) => subnets.flatMap((subnet) => subnet?.items ?? [])),
    ),
  ];
  const needed = items.map(({ name, detail, count }) =>
    Math.max(
      textWidth(name, NAME_SIZE, true) +
        (count !== undefined && count !== 1 ? textWidth(`×${count}`, NAME_SIZE, true) + 12 : 0),
      textWidth(detail, DETAIL_SIZE),
    ),
  );
  return Math.min(224, even(Math.max(128, ...needed.map((length) => length + TEXT_AT + 10))));
}

interface Size {
  readonly width: number;
  readonly height: number;
}
interface VpcSize extends Size {
  readonly zone: number;
  readonly tiers: readonly number[];
}
const blockWidth = ({ rows, fleet }: Block, width: number, { columns }: Spacing): number => {
  const count = rows[0]?.length ?? 0;
  return count * width + (count - 1) * columns + (fleet ? 2 * 24 : 0);
};
const blockHeight = ({ rows, fleet }: Block, spacing: Spacing): number =>
  rows.length * NODE_HEIGHT + (rows.length - 1) * spacing.rows + (fleet ? HEADER + 32 : 0);

function tierSize({ blocks, subnets }: Tier, width: number, spacing: Spacing): Size {
  const labels = subnets.map((subnet) =>
    subnet ? textWidth(subnet.label, FRAME_SIZE, true) + textWidth(subnet.aside, DETAIL_SIZE) + 80 : 0,
  );
  const inner = blocks.reduce(
    (sum, block) => sum + blockHeight(block, spacing) + spacing.rows,
    -spacing.rows,
  );
  return {
    width: even(
      Math.max(
        0,
        ...labels,
        ...blocks.map((block) => blockWidth(block, width, spacing) + 2 * Math.max(32, spacing.columns - 16)),
      ),
    ),
    height: up(blocks.length === 0 ? HEADER + 8 : HEADER + 24 + inner + 32),
  };
}

function vpcSize({ tiers, zones, label }: VpcPicture, width: number, spacing: Spacing): VpcSize {
  const sizes = tiers.map((tier) => tierSize(tier, width, spacing));
  const labels = zones.map((zone) => textWidth(zone.label, FRAME_SIZE, true) + 32);
  const zone = even(Math.max(160, ...labels, ...sizes.map((size) => size.width)) + 2 * 16);
  const count = Math.max(1, zones.length);
  return {
    zone,
    tiers: sizes.map(({ height }) => height),
    width: Math.max(
      count * zone + (count - 1) * spacing.columns + 2 * INSET,
      even((textWidth(label, FRAME_SIZE, true) + 48) * 2 + GATEWAY_WIDTH),
    ),
    height:
      64 +
      HEADER +
      8 +
      sizes.reduce((sum, { height }) => sum + height, 0) +
      Math.max(0, sizes.length - 1) * spacing.rows +
      24 +
      24,
  };
}

interface Canvas {
  readonly width: number;
  readonly spacing: Spacing;
  readonly frames: Frame[];
  readonly nodes: Node[];
}

function placeVpc(vpc: VpcPicture, box: Box, size: VpcSize, canvas: Canvas): void {
  const { spacing, frames, nodes } = canvas;
  const framed = (id: string, kind: FrameKind, label: string, at: Box, parent: string, aside = '') =>
    frames.push({ ...at, id, kind, label, aside, parent });
  framed(vpc.id, 'vpc', vpc.label, box, 'region');
  if (vpc.gateway)
    nodes.push({
      item: vpc.gateway,
      parent: vpc.id,
      // On the border: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
      x: up(box.x + box.width / 2) - GATEWAY_WIDTH / 2,
      y: box.y - 24,
      width: GATEWAY_WIDTH,
      height: NODE_HEIGHT,
    });
  const span = vpc.zones.length * size.zone + (vpc.zones.length - 1) * spacing.columns;
  const left = box.x + up((box.width - span) / 2);
  for (const [column, zone] of vpc.zones.entries()) {
    const zoneBox = {
      x: left + column * (size.zone + spacing.columns),
      y: box.y + 64,
      width: size.zone,
      height: box.height - 64 - 24,
    };
    const zoneId = `${vpc.id} ${zone.id}`;
    if (zone.label !== '') framed(zoneId, 'zone', zone.label, zoneBox, vpc.id);
    let y = zoneBox.y + HEADER + 8;
    for (const [row, tier] of vpc.tiers.entries()) {
      const subnet = tier.subnets[column];
      const subnetBox = { x: zoneBox.x + 16, y, width: size.zone - 32, height: size.tiers[row]! };
      if (subnet) {
        framed(
          subnet.id,
          subnet.access,
          subnet.label,
          subnetBox,
          zone.label === '' ? vpc.id : zoneId,
          subnet.aside,
        );
        placeBlocks(tier, subnet.items, subnet.id, subnetBox, canvas);
      }
      y += size.tiers[row]! + spacing.rows;
    }
  }
}

function placeBlocks(
  { blocks }: Tier,
  items: readonly Item[],
  subnetId: string,
  box: Box,
  { width, spacing, frames, nodes }: Canvas,
): void {
  let y = box.y + HEADER + 24;
  for (const block of blocks) {
    const outer = blockWidth(block, width, spacing);
    const height = blockHeight(block, spacing);
    const x = box.x + up((box.width - outer) / 2);
    const fleetId = block.fleet && `${block.fleet.id}@${subnetId}`;
    const suffix = block.fleet ? `@${block.fleet.id}` : '';
    const here = new Map(items.map((item) => [item.id, item]));
    const members = block.rows.flat(2).filter((of) => here.has(`${of}@${subnetId}${suffix}`));
    if (block.fleet && fleetId !== undefined && members.length > 0)
      frames.push({
        x,
        y,
        width: outer,
        height,
        id: fleetId,
        kind: 'fleet',
        label: block.fleet.label,
        aside: '',
        parent: subnetId,
      });
    const inner = { x: x + (block.fleet ? 24 : 0), y: y + (block.fleet ? HEADER + 8 : 0) };
    for (const [row, line] of block.rows.entries())
      for (const [column, cell] of line.entries())
        for (const item of cell.flatMap((of) => here.get(`${of}@${subnetId}${suffix}`) ?? []))
          nodes.push({
            item,
            parent: fleetId ?? subnetId,
            x: inner.x + column * (width + spacing.columns),
            y: inner.y + row * (NODE_HEIGHT + spacing.rows),
            width,
            height: NODE_HEIGHT,
          });
    y += height + spacing.rows;
  }
}
