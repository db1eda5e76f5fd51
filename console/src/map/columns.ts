// From the frame's columns to what the graphics card takes, as typed arrays: no object per aircraft.

import { FLAG, altitudeFt, groundspeedKt, heightless, latitudeDeg, longitudeDeg, partyIndex, trackDeg, type Picture } from '../lib/frame';
import { level } from '../lib/format';
import { destination } from './geometry';
import { iconIndex } from './icons';

const VECTOR_MINUTES = 1;
/** In place of a level: in the letters of the field, as GND and FL are, in every language; the legend says it in words. */
const HEIGHT_UNKNOWN = 'ALT?';

export interface AircraftColumns {
  count: number;
  positions: Float64Array; // longitude, latitude
  angles: Float32Array; // degrees counter-clockwise, as the icon layer turns
  colors: Uint8ClampedArray; // red, green, blue, alpha
  icons: Uint8Array; // index into ICONS
  vectors: number; // how many of the two below are used
  vectorFrom: Float64Array;
  vectorTo: Float64Array;
}

export function columnsOf(picture: Picture): AircraftColumns {
  const n = picture.count;
  const columns: AircraftColumns = {
    count: n,
    positions: new Float64Array(2 * n),
    angles: new Float32Array(n),
    colors: new Uint8ClampedArray(4 * n),
    icons: new Uint8Array(n),
    vectors: 0,
    vectorFrom: new Float64Array(2 * n),
    vectorTo: new Float64Array(2 * n),
  };
  for (let i = 0; i < n; i++) {
    const flags = picture.flags[i]!;
    const [longitude, latitude, track] = [longitudeDeg(picture, i), latitudeDeg(picture, i), trackDeg(picture, i)];
    columns.positions.set([longitude, latitude], 2 * i);
    columns.angles[i] = -(track ?? 0);
    columns.colors.set([255, 255, 255, flags & FLAG.ground ? 120 : 255], 4 * i);
    columns.icons[i] = iconIndex(partyIndex(picture, i), (flags & FLAG.stale) !== 0, heightless(picture, i));
    const speed = groundspeedKt(picture, i);
    if (track !== null && speed !== null && speed > 0 && !(flags & (FLAG.stale | FLAG.ground))) {
      const end = destination(longitude, latitude, track, (speed / 60) * VECTOR_MINUTES);
      columns.vectorFrom.set([longitude, latitude], 2 * columns.vectors);
      columns.vectorTo.set(end, 2 * columns.vectors);
      columns.vectors++;
    }
  }
  return columns;
}

/** The data block: who (and whose), then how high, whether climbing, how fast. */
export function dataBlock(picture: Picture, i: number, name: string, party: string | null): string {
  const flags = picture.flags[i]!;
  const trend = flags & FLAG.climbing ? '↑' : flags & FLAG.descending ? '↓' : '';
  const marks = (flags & FLAG.suspect ? ' ?' : '') + (flags & FLAG.stale ? ' ⌀' : '');
  const speed = groundspeedKt(picture, i);
  const height = flags & FLAG.ground ? 'GND' : heightless(picture, i) ? HEIGHT_UNKNOWN : level(altitudeFt(picture, i));
  const second = `${height}${trend}${speed === null ? '' : ` ${Math.round(speed)}kt`}`;
  return `${name}${party === null ? '' : ` ${party}`}${marks}\n${second}`;
}
