// deck.gl layers over the map: vectors, symbols, data blocks, and above all what is alerted.

import type { Layer } from '@deck.gl/core';
import { IconLayer, LineLayer, ScatterplotLayer, TextLayer } from '@deck.gl/layers';
import type { AircraftColumns } from './columns';
import type { AlertMark } from './alertmarks';
import { FONT_PX, LINE_PX, type Placed } from './labels';
import { ICONS, type IconAtlas } from './icons';

const FONT = 'ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace';
/** Every glyph that a data block or a CPA label can hold; callsigns and addresses are ASCII. */
const GLYPHS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('') + '↑↓⌀–·°';

export function aircraftLayers(columns: AircraftColumns, icons: IconAtlas): Layer[] {
  return [
    new LineLayer({
      id: 'vectors',
      data: {
        length: columns.vectors,
        attributes: {
          getSourcePosition: { value: columns.vectorFrom, size: 2 },
          getTargetPosition: { value: columns.vectorTo, size: 2 },
        },
      },
      getColor: [214, 220, 224, 150],
      getWidth: 1.2,
    }),
    new IconLayer({
      id: 'aircraft',
      data: {
        length: columns.count,
        attributes: {
          getPosition: { value: columns.positions, size: 2 },
          getAngle: { value: columns.angles, size: 1 },
          getColor: { value: columns.colors, size: 4 },
        },
      },
      iconAtlas: icons.image as unknown as string,
      iconMapping: icons.mapping,
      getIcon: (_: unknown, { index }: { index: number }) => ICONS[columns.icons[index]!]!,
      updateTriggers: { getIcon: columns },
      getSize: 20,
    }),
  ];
}

export function blockLayer(blocks: Placed[], positionOf: (block: Placed) => [number, number]): Layer {
  return new TextLayer<Placed>({
    id: 'blocks',
    data: blocks,
    getPosition: positionOf,
    getText: (block) => block.text,
    getPixelOffset: (block) => [block.dx, block.dy],
    getTextAnchor: 'start',
    getAlignmentBaseline: 'top',
    getSize: FONT_PX,
    lineHeight: LINE_PX / FONT_PX,
    getColor: (block) => (block.priority > 0 ? [255, 255, 255, 255] : [190, 198, 204, 235]),
    background: true,
    getBackgroundColor: [15, 19, 22, 170],
    backgroundPadding: [2, 0],
    characterSet: GLYPHS,
    fontFamily: FONT,
  });
}

export function alertLayers(marks: AlertMark[]): Layer[] {
  const aircraft = marks.flatMap((mark) => mark.aircraft.map((at) => ({ at, mark })));
  const paths = marks.flatMap((mark) => mark.paths.map(([from, to]) => ({ from, to, mark })));
  const dashes = marks.flatMap((mark) => mark.dashes.map(([from, to]) => ({ from, to, mark })));
  return [
    new LineLayer<(typeof paths)[number]>({
      id: 'alert-paths',
      data: paths,
      getSourcePosition: (d) => d.from,
      getTargetPosition: (d) => d.to,
      getColor: (d) => [...d.mark.color, 120],
      getWidth: 1.5,
    }),
    new LineLayer<(typeof dashes)[number]>({
      id: 'alert-cpa',
      data: dashes,
      getSourcePosition: (d) => d.from,
      getTargetPosition: (d) => d.to,
      getColor: (d) => [...d.mark.color, 255],
      getWidth: (d) => (d.mark.selected ? 4 : 2.5),
    }),
    new ScatterplotLayer<(typeof aircraft)[number]>({
      id: 'alert-rings',
      data: aircraft,
      getPosition: (d) => d.at,
      getRadius: (d) => (d.mark.selected ? 18 : 15),
      radiusUnits: 'pixels',
      stroked: true,
      filled: false,
      getLineColor: (d) => [...d.mark.color, 255],
      getLineWidth: (d) => (d.mark.selected ? 3.5 : 2),
      lineWidthUnits: 'pixels',
    }),
    new TextLayer<AlertMark>({
      id: 'alert-text',
      data: marks,
      getPosition: (mark) => mark.middle,
      getText: (mark) => mark.text,
      getPixelOffset: [0, 22],
      getSize: FONT_PX + 1,
      getColor: [12, 14, 16, 255],
      background: true,
      getBackgroundColor: (mark) => [...mark.color, 255],
      backgroundPadding: [6, 3],
      characterSet: GLYPHS,
      fontFamily: FONT,
      fontWeight: 700,
    }),
  ];
}
