import { describe, expect, it } from 'vitest';
import { ALTITUDE_NONE, FLAG, type Picture } from '../src/lib/frame';
import { columnsOf, dataBlock } from '../src/map/columns';
import { boxOf, dashed, destination, project, unproject } from '../src/map/geometry';
import { gridLines, gridStepDeg } from '../src/map/grid';
import { iconIndex, ICONS } from '../src/map/icons';
import { BLOCKS_MAX, Placer, type Block, type Placed, type Rect } from '../src/map/labels';

const EVERYWHERE: Rect = [-1e6, -1e6, 1e6, 1e6];
const block = (key: string, x: number, y: number, priority = 0): Block => ({
  key, index: 0, x, y, text: 'ALFA11 A\nFL240 440kt', charPx: 7, linePx: 15, symbolPx: 10, priority,
});
const rectOf = ({ x, y, dx, dy }: Placed): Rect => [x + dx, y + dy, x + dx + 11 * 7, y + dy + 30];
const overlap = (a: Rect, b: Rect) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

describe('geometry', () => {
  it('goes sixty miles north in a degree, and east along a parallel', () => {
    const [lon, lat] = destination(10, 50, 0, 60.04);
    expect(lon).toBeCloseTo(10, 9);
    expect(lat).toBeCloseTo(51, 3);
    expect(destination(10, 0, 90, 60.04)[0]).toBeCloseTo(11, 3);
  });

  it('puts the smallest box around positions, across the antimeridian too', () => {
    expect(boxOf([10, 12], [50, 51])).toEqual([10, 50, 12, 51]);
    expect(boxOf([179, -179], [1, 2])).toEqual([179, 1, 181, 2]);
    expect(boxOf([5], [6])).toEqual([5, 6, 5, 6]);
    expect(boxOf([], [])).toBeNull();
  });

  it('projects and back', () => {
    const [x, y] = project(36.9, 35.2, 8);
    const [lon, lat] = unproject(x, y, 8);
    expect([lon, lat]).toEqual([expect.closeTo(36.9, 9), expect.closeTo(35.2, 9)]);
  });

  it('dashes a line from end to end', () => {
    const dashes = dashed([0, 0], [10, 0], 3);
    expect(dashes).toHaveLength(3);
    expect(dashes[0]![0]).toEqual([0, 0]);
    expect(dashes[2]![1][0]).toBeCloseTo(10, 9);
  });
});

describe('the grid', () => {
  it('is never denser than people can read', () => {
    for (let zoom = 3; zoom < 14; zoom += 0.5) {
      expect(gridStepDeg(zoom) * ((512 * 2 ** zoom) / 360)).toBeGreaterThanOrEqual(110);
    }
  });

  it('names longitudes beyond the antimeridian by their own name', () => {
    const { marks } = gridLines([178, -1, 183, 1], 7);
    expect(marks.map((mark) => mark.text)).toContain('179°W');
  });
});

describe('symbols', () => {
  it('differ by party, not by colour, and hollow when stale', () => {
    const names = [0, 1, 2, 7, -1].map((party) => ICONS[iconIndex(party, false)]);
    expect(names).toEqual(['0-fresh', '1-fresh', '2-fresh', '2-fresh', '3-fresh']);
    expect(ICONS[iconIndex(0, true)]).toBe('0-stale');
  });

  it('are barred where nobody knows how high, and the block says so', () => {
    const flags = [1, 1 | FLAG.stale, 1 | FLAG.ground, 1];
    const picture: Picture = {
      count: 4, skyTimeMs: 0, rosterVersion: 1,
      latitude: new Int32Array(4), longitude: new Int32Array(4),
      altitude: Int16Array.from([ALTITUDE_NONE, ALTITUDE_NONE, ALTITUDE_NONE, 400]),
      groundspeed: new Uint16Array(4), track: new Uint16Array(4), flags: Uint16Array.from(flags),
    };
    expect([...columnsOf(picture).icons].map((icon) => ICONS[icon])).toEqual(['0-fresh-barred', '0-stale-barred', '0-fresh', '0-fresh']);
    expect([0, 2, 3].map((i) => dataBlock(picture, i, 'ALFA11', 'A').split('\n')[1])).toEqual(['ALT? 0kt', 'GND 0kt', '10,000 ft 0kt']);
  });
});

describe('data blocks', () => {
  it('cover no other block and no aircraft', () => {
    const blocks = Array.from({ length: 60 }, (_, i) => block(`a${i}`, 100 + (i % 10) * 90, 100 + Math.floor(i / 10) * 60));
    const placed = new Placer().place(blocks, EVERYWHERE);
    expect(placed.length).toBeGreaterThan(30);
    placed.forEach((one, i) => {
      for (const other of placed.slice(i + 1)) expect(overlap(rectOf(one), rectOf(other))).toBe(false);
      for (const { x, y } of blocks) expect(overlap(rectOf(one), [x - 10, y - 10, x + 10, y + 10])).toBe(false);
    });
  });

  it('of an alert are always placed, further off with a line if they must', () => {
    const crowd = Array.from({ length: 12 }, (_, i) => block(`a${i}`, 300 + i, 300, i === 11 ? 2 : 0));
    const placed = new Placer().place(crowd, EVERYWHERE);
    expect(placed[0]!.key).toBe('a11');
    const alone = new Placer().place([block('x', 0, 0, 1)], EVERYWHERE);
    expect(alone[0]!.leader).toBeNull();
    const ring = Array.from({ length: 8 }, (_, i) => block(`r${i}`, 300 + 40 * Math.cos(i), 300 + 20 * Math.sin(i)));
    const far = new Placer().place([...ring, block('mid', 300, 300, 1)], EVERYWHERE).find((one) => one.key === 'mid');
    expect(far!.leader).not.toBeNull();
  });

  it('stay at their side while there is room, inside the view', () => {
    const placer = new Placer();
    const view: Rect = [0, 0, 400, 400];
    const first = placer.place([block('a', 395, 200)], view)[0]!;
    expect(first.dx).toBeLessThan(0); // at the right edge there is room on the left only
    const second = placer.place([block('a', 200, 200)], view)[0]!;
    expect(second.dx).toBe(first.dx);
    expect(new Placer().place([block('out', 900, 900)], view)).toEqual([]);
  });

  it('are never more than anyone could read', () => {
    const many = Array.from({ length: 600 }, (_, i) => block(`a${i}`, (i % 30) * 300, Math.floor(i / 30) * 300));
    expect(new Placer().place(many, EVERYWHERE)).toHaveLength(BLOCKS_MAX);
  });
});
