// deck.gl layers over the map: vectors, symbols, data blocks, and above all what is alerted.

import type { Layer } from '@deck.gl/core';
import { IconLayer, LineLayer, ScatterplotLayer, TextLayer } from '@deck.gl/layers';
import type { AircraftColumns } from './columns';
import type { Place } from '../lib/types';
import type { AlertMark } from './alertmarks';
import { FONT_PX, LINE_PX, PLACE, type Placed } from './labels';
import { ICONS, type IconAtlas } from './icons';

export const CPA_FONT_PX = 13;
export const PLACE_FONT_PX = 11;
export const PLACE_CHAR_PX = 6.7;
/** Width of one bold glyph, with its share of the padding. */
export const CPA_CHAR_PX = 8.1;
const FONT = 'ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace';
/** Every glyph that a data block or a CPA label can hold; callsigns and addresses are ASCII. */
const GLYPHS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('') + '↑↓⌀–·°';

/** Named places: small, grey, below everything that flies. */
export function placeLayer(places: readonly Place[]): Layer {
  return new ScatterplotLayer<Place>({
    id: 'places',
    data: places as Place[],
    getPosition: (place) => [place.longitude, place.latitude],
    getRadius: 2.2,
    radiusUnits: 'pixels',
    getFillColor: [150, 158, 164, 230],
  });
}

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

/** One text with its place: `at` is what it belongs to, longitude and latitude. */
export interface Label extends Placed {
  at: [number, number];
  leaderTo: [number, number] | null;
  /** The alert's colour for the text at a closest point of approach; null for a data block. */
  fill: [number, number, number] | null;
}

export function labelLayers(labels: Label[]): Layer[] {
  const text = (id: string, data: Label[]) => ({
    id,
    data,
    getPosition: (label: Label) => label.at,
    getText: (label: Label) => label.text,
    getPixelOffset: (label: Label): [number, number] => [label.dx, label.dy],
    getTextAnchor: 'start' as const,
    getAlignmentBaseline: 'top' as const,
    lineHeight: LINE_PX / FONT_PX,
    background: true,
    characterSet: GLYPHS,
    fontFamily: FONT,
  });
  return [
    new LineLayer<Label>({
      id: 'leaders',
      data: labels.filter((label) => label.leaderTo !== null),
      getSourcePosition: (label) => label.at,
      getTargetPosition: (label) => label.leaderTo!,
      getColor: (label) => [...(label.fill ?? [200, 206, 211]), 170] as [number, number, number, number],
      getWidth: 1,
    }),
    new TextLayer<Label>({
      ...text('place-names', labels.filter((label) => label.priority === PLACE)),
      characterSet: 'auto',
      background: false,
      getSize: PLACE_FONT_PX,
      getColor: [150, 158, 164, 255],
    }),
    new TextLayer<Label>({
      ...text('blocks', labels.filter((label) => label.fill === null && label.priority !== PLACE)),
      getSize: FONT_PX,
      getColor: (label) => (label.priority > 0 ? [255, 255, 255, 255] : [190, 198, 204, 235]),
      getBackgroundColor: [15, 19, 22, 170],
      backgroundPadding: [2, 0],
    }),
    new TextLayer<Label>({
      ...text('cpa-text', labels.filter((label) => label.fill !== null)),
      getSize: CPA_FONT_PX,
      getColor: [12, 14, 16, 255],
      getBackgroundColor: (label) => [...label.fill!, 255],
      backgroundPadding: [4, 2],
      fontWeight: 700,
    }),
  ];
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
  ];
}
