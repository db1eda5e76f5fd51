// Where text goes on the map so that it covers neither other text nor an aircraft. Greedy, most important first. Text of
// an alert may stand further off, with a line to its place, and its distances always stand; other text that finds no room
// is left out. Text stays at the side where it was while there is room, so that it does not jump.

export interface Block {
  /** What the text belongs to: it keeps its side from second to second. */
  key: string;
  /** The aircraft's index in the picture; -1 for text that belongs to no aircraft. */
  index: number;
  /** Pixels of the world at the current zoom. */
  x: number;
  y: number;
  text: string;
  /** Pixels of one character and of one line. */
  charPx: number;
  linePx: number;
  /** Half the size of the symbol it belongs to (with its ring), pixels: no text goes there. */
  symbolPx: number;
  /** Higher is placed first; above 0 also further off, from ALWAYS on even where there is no room at all. */
  priority: number;
}

export interface Placed extends Block {
  /** From the anchor to the text's left upper corner, pixels. */
  dx: number;
  dy: number;
  /** From the anchor to where a line to the text ends, pixels; null where the text stands close by. */
  leader: [number, number] | null;
}

export const FONT_PX = 12;
export const LINE_PX = 15;
export const CHAR_PX = 7.25; // a monospaced glyph is 0.6 of its size; rounded up
const GAP_PX = 4;
const FAR_PX = 44;
const CELL_PX = 64;
/** From this priority on text is placed whatever it covers: the distances of an alert. */
export const ALWAYS = 3;
/** The names of places: what flies comes first. */
export const PLACE = -1;
/** More text than this on one map is read by nobody and costs every second. */
export const BLOCKS_MAX = 220;

/** Left, top, right, bottom. */
export type Rect = [number, number, number, number];

export class Placer {
  #sides = new Map<string, number>();

  /** `view`: the rectangle of the world in sight, in the same pixels; text outside of it would be cut. */
  place(blocks: readonly Block[], view: Rect): Placed[] {
    const taken = new RectGrid();
    const placed: Placed[] = [];
    const sides = new Map<string, number>();
    for (const { index, x, y, symbolPx: s } of blocks) {
      if (index >= 0) taken.add([x - s, y - s, x + s, y + s]);
    }
    for (const block of blocks.toSorted((a, b) => b.priority - a.priority)) {
      if (placed.length >= BLOCKS_MAX) break;
      const offsets = placesFor(block);
      const before = Math.min(this.#sides.get(block.key) ?? 0, offsets.length - 1);
      const order = [before, ...offsets.map((_, side) => side).filter((side) => side !== before)];
      const free = order.find((side) => {
        const rect = at(block, offsets[side]!);
        return within(rect, view) && !taken.hits(rect);
      });
      const side = free ?? (block.priority >= ALWAYS ? before : undefined);
      if (side === undefined) continue;
      const rect = offsets[side]!;
      taken.add(at(block, rect));
      sides.set(block.key, side);
      placed.push({ ...block, dx: rect[0], dy: rect[1], leader: side < NEAR_PLACES ? null : towards(rect) });
    }
    this.#sides = sides;
    return placed;
  }
}

const NEAR_PLACES = 6;

/** Rectangles (left, top, right, bottom, from the anchor) in which the text may stand, best first. */
function placesFor({ text, charPx, linePx, symbolPx, priority }: Block): Rect[] {
  const nearPx = symbolPx + GAP_PX;
  const lines = text.split('\n');
  const w = Math.max(...lines.map((line) => line.length)) * charPx;
  const h = lines.length * linePx;
  const rect = (left: number, top: number): Rect => [left, top, left + w, top + h];
  const near = [
    rect(nearPx, -h - 2),
    rect(nearPx, 2),
    rect(-nearPx - w, -h - 2),
    rect(-nearPx - w, 2),
    rect(-w / 2, -h - nearPx),
    rect(-w / 2, nearPx),
  ];
  if (priority <= 0) return near;
  const far: Rect[] = [];
  for (const d of [FAR_PX, 2 * FAR_PX, 3 * FAR_PX]) {
    far.push(rect(d, -h - d), rect(d, d), rect(-d - w, -h - d), rect(-d - w, d));
    far.push(rect(-w / 2, -h - d), rect(-w / 2, d), rect(d, -h / 2), rect(-d - w, -h / 2));
  }
  return [...near, ...far];
}

/** The point of the rectangle that is nearest to the anchor. */
const towards = ([left, top, right, bottom]: Rect): [number, number] => [
  Math.min(right, Math.max(left, 0)),
  Math.min(bottom, Math.max(top, 0)),
];

const at = ({ x, y }: Block, [left, top, right, bottom]: Rect): Rect => [x + left, y + top, x + right, y + bottom];

const within = (rect: Rect, view: Rect): boolean =>
  rect[0] >= view[0] && rect[1] >= view[1] && rect[2] <= view[2] && rect[3] <= view[3];

/** Rectangles (left, top, right, bottom) by the cells they touch. */
class RectGrid {
  #cells = new Map<string, Rect[]>();

  add(rect: Rect): void {
    for (const key of cellsOf(rect)) {
      const cell = this.#cells.get(key);
      if (cell) cell.push(rect);
      else this.#cells.set(key, [rect]);
    }
  }

  hits(rect: Rect): boolean {
    const overlap = (o: Rect) => rect[0] < o[2] && o[0] < rect[2] && rect[1] < o[3] && o[1] < rect[3];
    return cellsOf(rect).some((key) => this.#cells.get(key)?.some(overlap));
  }
}

function cellsOf([left, top, right, bottom]: Rect): string[] {
  const keys: string[] = [];
  for (let cx = Math.floor(left / CELL_PX); cx <= Math.floor(right / CELL_PX); cx++) {
    for (let cy = Math.floor(top / CELL_PX); cy <= Math.floor(bottom / CELL_PX); cy++) keys.push(`${cx},${cy}`);
  }
  return keys;
}
