import { type Board, DX, opposite, step } from './board.ts';

/** Where a line may begin or end: a point on a box's border, and the way out of it. */
export interface Port {
  readonly at: number;
  readonly direction: number;
  readonly cost: number;
}
export interface Found {
  /** From the first point to the last. */
  readonly points: readonly number[];
  /** Somewhere it runs on top of another net, for want of room. */
  readonly overlaps: number;
}

const STEP = 4;
const BEND = 28;
const CROSSING = 24;
const BESIDE = 3;
/** Lines stay within the frames that their ends have in common. */
const BORDER = 40;
const OVERLAP = 600;
const NEVER = 2 ** 30;

/** Finds ways for one net after the other; keeps its memory between them. */
export function createSearch(board: Board) {
  const { blocked, borders, dear, across, down, taken, columns } = board;
  const states = blocked.length * 4;
  const cost = new Int32Array(states);
  const from = new Int32Array(states);
  const stamp = new Int32Array(states);
  let round = 0;

  const other = (uses: Int32Array, at: number, net: number) => uses[at] !== 0 && uses[at] !== net;
  const strange = (at: number, net: number) => other(across, at, net) || other(down, at, net);

  /** What it costs to go on to a point, or undefined where that is no way. */
  function moveCost(
    at: number,
    next: number,
    direction: number,
    net: number,
    forced: boolean,
    tree: ReadonlySet<number>,
  ): number | undefined {
    const isAcross = DX[direction] !== 0;
    if (blocked[next]) return undefined;
    if ((across[next] === net || down[next] === net) && !tree.has(next)) return undefined;
    const bit = isAcross ? 1 : 2;
    if (borders[at]! & borders[next]! & bit) return undefined;
    let price = STEP + dear[next]! + (borders[next] ? BORDER : 0);
    if (other(taken, next, net)) {
      if (!forced) return undefined;
      price += OVERLAP;
    }
    if (other(isAcross ? across : down, next, net)) {
      if (!forced) return undefined;
      price += OVERLAP;
    }
    if (other(isAcross ? down : across, next, net)) price += CROSSING;
    const side = isAcross ? columns : 1;
    const uses = isAcross ? across : down;
    if (other(uses, next + side, net) || other(uses, next - side, net)) price += BESIDE;
    return price;
  }

  /** The two points before a port, where they are free. */
  function approach({ at, direction }: Port, net: number): readonly [number, number] | undefined {
    const near = step(board, at, direction);
    const far = step(board, near, direction);
    for (const point of [near, far])
      if (blocked[point] || other(taken, point, net) || strange(point, net)) return undefined;
    return [near, far];
  }

  /**
   * The cheapest way from one of the ports to one of the ends: ports of a box, or points of the net itself.
   */
  function find(
    net: number,
    starts: readonly Port[],
    ends: { readonly ports: readonly Port[]; readonly tree: ReadonlySet<number> },
    forced: boolean,
  ): Found | undefined {
    round++;
    const queue = createQueue();
    const arrivals = new Map<number, Port>();
    for (const port of ends.ports) {
      const free = approach(port, net);
      if (free) arrivals.set(free[1] * 4 + opposite(port.direction), port);
    }
    const goals = [...ends.tree, ...[...arrivals.keys()].map((key) => key >> 2)];
    if (goals.length === 0) return undefined;
    const bounds = boundsOf(goals, columns);
    const guess = (at: number) => {
      const [x, y] = [at % columns, Math.floor(at / columns)];
      const dx = x < bounds.left ? bounds.left - x : x > bounds.right ? x - bounds.right : 0;
      const dy = y < bounds.top ? bounds.top - y : y > bounds.bottom ? y - bounds.bottom : 0;
      return (dx + dy) * STEP + (dx > 0 && dy > 0 ? BEND : 0);
    };
    const offer = (state: number, price: number, previous: number) => {
      if (stamp[state] === round && cost[state]! <= price) return;
      stamp[state] = round;
      cost[state] = price;
      from[state] = previous;
      queue.push(state, price + guess(state >> 2));
    };
    const origins = new Map<number, Port>();
    for (const port of starts) {
      const free = approach(port, net);
      if (!free) continue;
      const state = free[1] * 4 + port.direction;
      origins.set(state, port);
      offer(state, port.cost + 2 * STEP, -1);
    }
    let best = NEVER;
    let last = -1;
    for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
      const price = cost[state]!;
      if (price >= best) break;
      const [at, direction] = [state >> 2, state & 3];
      const port = arrivals.get(state);
      if (port && price + port.cost < best) [best, last] = [price + port.cost, state];
      if (ends.tree.has(at) && (forced || !strange(at, net))) [best, last] = [price, state];
      for (let turn = 0; turn < 4; turn++) {
        if (turn === opposite(direction)) continue;
        if (turn !== direction && strange(at, net) && !forced) continue;
        const next = step(board, at, turn);
        const more = moveCost(at, next, turn, net, forced, ends.tree);
        if (more === undefined) continue;
        const bend = turn === direction ? 0 : BEND + (strange(at, net) ? OVERLAP : 0);
        const total = price + more + bend;
        if (total < best) offer(next * 4 + turn, total, state);
      }
    }
    if (last < 0) return undefined;
    const points: number[] = [];
    const end = arrivals.get(last);
    if (end && !ends.tree.has(last >> 2)) points.push(end.at, step(board, end.at, end.direction));
    let state = last;
    for (;;) {
      points.push(state >> 2);
      if (from[state]! < 0) break;
      state = from[state]!;
    }
    const origin = origins.get(state)!;
    points.push(step(board, origin.at, origin.direction), origin.at);
    points.reverse();
    return { points, overlaps: forced ? 1 : 0 };
  }
  return find;
}

function boundsOf(goals: readonly number[], columns: number) {
  let [left, right, top, bottom] = [NEVER, -1, NEVER, -1];
  for (const at of goals) {
    const [x, y] = [at % columns, Math.floor(at / columns)];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { left, right, top, bottom };
}

/** Smallest priority first; of equal ones the last that came. Priorities are small whole numbers: one list for each. */
function createQueue() {
  const lists: (number[] | undefined)[] = [];
  let least = 0;
  return {
    push(state: number, priority: number) {
      const list = lists[priority];
      if (list) list.push(state);
      else lists[priority] = [state];
      if (priority < least) least = priority;
    },
    pop(): number | undefined {
      for (; least < lists.length; least++) {
        const state = lists[least]?.pop();
        if (state !== undefined) return state;
      }
      return undefined;
    },
  };
}
