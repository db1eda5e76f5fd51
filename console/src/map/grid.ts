// Meridians and parallels with their degrees: what tells people where they look on a map without names.

import { LineLayer, TextLayer } from '@deck.gl/layers';
import { project, type Box } from './geometry';

const STEPS_DEG = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const SPACING_PX_MIN = 110;
const LATITUDE_MAX = 84;
const CORNER_PX = 26;

interface Line {
  from: [number, number];
  to: [number, number];
}
interface Mark {
  at: [number, number];
  text: string;
  offset: [number, number];
}

/** The finest step whose lines are still SPACING_PX_MIN apart. */
export function gridStepDeg(zoom: number): number {
  const pxPerDegree = (512 * 2 ** zoom) / 360;
  return STEPS_DEG.find((step) => step * pxPerDegree >= SPACING_PX_MIN) ?? STEPS_DEG.at(-1)!;
}

const degrees = (value: number, step: number): string =>
  `${Math.abs(value).toFixed(step < 0.1 ? 2 : step < 1 ? 1 : 0)}°`;

export function gridLines([west, south, east, north]: Box, zoom: number): { lines: Line[]; marks: Mark[] } {
  const step = gridStepDeg(zoom);
  const lines: Line[] = [];
  const marks: Mark[] = [];
  const [low, high] = [Math.max(-LATITUDE_MAX, south), Math.min(LATITUDE_MAX, north)];
  for (let k = Math.ceil(west / step); k * step <= east; k++) {
    const longitude = k * step;
    lines.push({ from: [longitude, low], to: [longitude, high] });
    const wrapped = ((((longitude + 180) % 360) + 360) % 360) - 180;
    const text = degrees(wrapped, step) + (wrapped < 0 ? 'W' : 'E');
    marks.push({ at: [longitude, north], text, offset: [4, 10] });
  }
  for (let k = Math.ceil(low / step); k * step <= high; k++) {
    const latitude = k * step;
    lines.push({ from: [west, latitude], to: [east, latitude] });
    // The corner belongs to the meridians' degrees.
    if (project(west, latitude, zoom)[1] - project(west, high, zoom)[1] < CORNER_PX) continue;
    marks.push({ at: [west, latitude], text: degrees(latitude, step) + (latitude < 0 ? 'S' : 'N'), offset: [4, -7] });
  }
  return { lines, marks };
}

export function gridLayers(box: Box, zoom: number) {
  const { lines, marks } = gridLines(box, zoom);
  return [
    new LineLayer<Line>({
      id: 'grid',
      data: lines,
      getSourcePosition: (line) => line.from,
      getTargetPosition: (line) => line.to,
      getColor: [120, 132, 140, 46],
      getWidth: 1,
    }),
    new TextLayer<Mark>({
      id: 'grid-degrees',
      data: marks,
      getPosition: (mark) => mark.at,
      getText: (mark) => mark.text,
      getPixelOffset: (mark) => mark.offset,
      getTextAnchor: 'start',
      getSize: 11,
      getColor: [146, 156, 163, 190],
      characterSet: '0123456789.°NSEW',
      fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace',
    }),
  ];
}
