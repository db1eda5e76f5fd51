// Aircraft symbols, drawn once into one image. The shape says whose aircraft it is (never a colour), hollow says stale, a
// bar across says that its height is not known.

const CELL = 64;

/** A shape in a box of -1..1, nose up. */
type Shape = readonly (readonly [number, number])[];

const DART: Shape = [[0, -0.95], [0.62, 0.8], [0, 0.45], [-0.62, 0.8]];
const KITE: Shape = [[0, -0.95], [0.42, -0.1], [0.85, 0.1], [0.3, 0.3], [0.3, 0.8], [-0.3, 0.8], [-0.3, 0.3], [-0.85, 0.1], [-0.42, -0.1]];
const HOUSE: Shape = [[0, -0.9], [0.55, -0.25], [0.55, 0.75], [-0.55, 0.75], [-0.55, -0.25]];
const PIN: Shape = [[0, -0.9], [0.28, -0.3], [0.5, 0.1], [0.28, 0.5], [0, 0.62], [-0.28, 0.5], [-0.5, 0.1], [-0.28, -0.3]];

/** First party, second party, any further party, no party. */
export const SHAPES: readonly Shape[] = [DART, KITE, HOUSE, PIN];

/** Names in the icon atlas, by `iconIndex`. */
export const ICONS: readonly string[] = SHAPES.flatMap((_, shape) =>
  ['fresh', 'stale', 'fresh-barred', 'stale-barred'].map((kind) => `${shape}-${kind}`),
);
const KINDS = 4;

/** Index into ICONS for a party (index into the roster's parties, -1 none). barred: its height is not known. */
export function iconIndex(party: number, stale: boolean, barred = false): number {
  const shape = party < 0 ? 3 : Math.min(party, 2);
  return KINDS * shape + (stale ? 1 : 0) + (barred ? 2 : 0);
}

export interface IconAtlas {
  image: HTMLCanvasElement;
  mapping: Record<string, { x: number; y: number; width: number; height: number; mask: boolean }>;
}

export function drawIcons(): IconAtlas {
  const image = document.createElement('canvas');
  image.width = CELL * ICONS.length;
  image.height = CELL;
  const context = image.getContext('2d')!;
  const mapping: IconAtlas['mapping'] = {};
  ICONS.forEach((name, at) => {
    drawShape(context, SHAPES[Math.floor(at / KINDS)]!, (at & 1) === 1, (at & 2) === 2, at * CELL + CELL / 2, CELL / 2, CELL * 0.44);
    mapping[name] = { x: at * CELL, y: 0, width: CELL, height: CELL, mask: false };
  });
  return { image, mapping };
}

function drawShape(context: CanvasRenderingContext2D, shape: Shape, hollow: boolean, barred: boolean, x: number, y: number, size: number) {
  const path = new Path2D();
  shape.forEach(([dx, dy], i) => path[i === 0 ? 'moveTo' : 'lineTo'](x + dx * size, y + dy * size));
  path.closePath();
  context.lineJoin = 'round';
  context.strokeStyle = 'rgba(8, 10, 12, 0.9)'; // a dark edge keeps the symbol apart from lines under it
  context.lineWidth = 12;
  context.stroke(path);
  context.fillStyle = hollow ? 'rgb(18, 22, 26)' : 'rgb(236, 239, 241)';
  context.fill(path);
  if (hollow) {
    context.strokeStyle = 'rgb(170, 178, 184)';
    context.lineWidth = 5;
    context.stroke(path);
  }
  if (barred) {
    context.fillStyle = 'rgb(8, 10, 12)';
    context.fillRect(x - size, y + (BAR.y - BAR.half - 0.1) * size, 2 * size, (2 * BAR.half + 0.2) * size);
    context.fillStyle = 'rgb(245, 196, 61)';
    context.fillRect(x - size, y + (BAR.y - BAR.half) * size, 2 * size, 2 * BAR.half * size);
  }
}

/** The bar across a symbol, in its box of -1..1: behind its middle, where every shape is wide. */
export const BAR = { y: 0.2, half: 0.14 } as const;

/** The same shape for the legend, as SVG points in a box of 0..20. */
export const legendPoints = (shape: number): string =>
  SHAPES[shape]!.map(([x, y]) => `${10 + 8.5 * x},${10 + 8.5 * y}`).join(' ');
