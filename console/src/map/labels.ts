// Where data blocks go so that they cover neither each other nor an aircraft. Greedy, most important first; a block that
// finds no room is left out. A block stays at the side where it was while there is room, so that text does not jump.

export interface Block {
  /** The aircraft's address: its block keeps its side from second to second. */
  key: string;
  /** The aircraft's index in the picture. */
  index: number;
  /** Pixels of the world at the current zoom. */
  x: number;
  y: number;
  text: string;
  /** Higher is placed first; those above 0 are placed even where there is no room. */
  priority: number;
}

export interface Placed extends Block {
  /** From the aircraft to the block's left upper corner, pixels. */
  dx: number;
  dy: number;
}

export const FONT_PX = 12;
export const LINE_PX = 15;
const CHAR_PX = 7.25; // a monospaced glyph is 0.6 of its size; rounded up
const SYMBOL_PX = 9; // half the size of an aircraft's symbol
const GAP_PX = 5;
const CELL_PX = 64;
/** More text than this on one map is read by nobody and costs every second. */
export const BLOCKS_MAX = 220;

type Rect = [number, number, number, number];

export class Placer {
  #sides = new Map<string, number>();

  place(blocks: readonly Block[]): Placed[] {
    const taken = new RectGrid();
    const placed: Placed[] = [];
    const sides = new Map<string, number>();
    for (const { x, y } of blocks) taken.add([x - SYMBOL_PX, y - SYMBOL_PX, x + SYMBOL_PX, y + SYMBOL_PX]);
    for (const block of blocks.toSorted((a, b) => b.priority - a.priority)) {
      if (placed.length >= BLOCKS_MAX) break;
      const offsets = corners(block.text);
      const before = this.#sides.get(block.key) ?? 0;
      const order = [before, ...offsets.map((_, side) => side).filter((side) => side !== before)];
      const free = order.find((side) => !taken.hits(rectOf(block, offsets[side]!)));
      const side = free ?? (block.priority > 0 ? before : undefined);
      if (side === undefined) continue;
      const offset = offsets[side]!;
      taken.add(rectOf(block, offset));
      sides.set(block.key, side);
      placed.push({ ...block, dx: offset[0], dy: offset[1] });
    }
    this.#sides = sides;
    return placed;
  }
}

/** Offset and size of the block at each side of the aircraft: [dx, dy, width, height]. */
function corners(text: string): Rect[] {
  const lines = text.split('\n');
  const width = Math.max(...lines.map((line) => line.length)) * CHAR_PX;
  const height = lines.length * LINE_PX;
  const near = SYMBOL_PX + GAP_PX;
  return [
    [near, -height - 2, width, height],
    [near, 2, width, height],
    [-near - width, -height - 2, width, height],
    [-near - width, 2, width, height],
    [-width / 2, -height - near, width, height],
    [-width / 2, near, width, height],
  ];
}

const rectOf = ({ x, y }: Block, [dx, dy, width, height]: Rect): Rect => [x + dx, y + dy, x + dx + width, y + dy + height];

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
