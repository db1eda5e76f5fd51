// The picture: one binary frame a second, 24 bytes of header and then columns of 16 bytes an aircraft in all
// (src/skyaccord/node/frame.py draws the layout). Columns are read in place: no object is made per aircraft.

const HEADER_BYTES = 24;
const AIRCRAFT_BYTES = 16;
const MAGIC = 0x31594b53; // "SKY1", little endian

/** More aircraft than any sky holds; a larger count is a broken frame, not a picture. */
export const AIRCRAFT_MAX = 1_000_000;

export const ALTITUDE_NONE = -32768;
export const NONE_U16 = 65535;

export const FLAG = {
  party: 0x0f,
  stale: 1 << 4,
  suspect: 1 << 5,
  ground: 1 << 6,
  climbing: 1 << 7,
  descending: 1 << 8,
} as const;

/** The latest state of everything, columnar; raw units as in the frame, accessors below give the field's units. */
export interface Picture {
  count: number;
  skyTimeMs: number;
  rosterVersion: number;
  latitude: Int32Array; // 1e-7 degree
  longitude: Int32Array; // 1e-7 degree
  altitude: Int16Array; // 25 ft
  groundspeed: Uint16Array; // 0.1 kt
  track: Uint16Array; // 0.01 degree
  flags: Uint16Array;
}

/** Reads one frame; throws RangeError for anything that is not exactly one. */
export function decodeFrame(buffer: ArrayBuffer): Picture {
  if (buffer.byteLength < HEADER_BYTES) throw new RangeError('frame: shorter than its header');
  const header = new DataView(buffer, 0, HEADER_BYTES);
  if (header.getUint32(0, true) !== MAGIC) throw new RangeError('frame: not a picture');
  const count = header.getUint32(4, true);
  if (count > AIRCRAFT_MAX || buffer.byteLength !== HEADER_BYTES + AIRCRAFT_BYTES * count) {
    throw new RangeError(`frame: ${buffer.byteLength} bytes do not hold ${count} aircraft`);
  }
  let at = HEADER_BYTES;
  const column = (bytes: number) => {
    const start = at;
    at += bytes * count;
    return start;
  };
  return {
    count,
    skyTimeMs: header.getFloat64(8, true) * 1000,
    rosterVersion: header.getUint32(16, true),
    latitude: new Int32Array(buffer, column(4), count),
    longitude: new Int32Array(buffer, column(4), count),
    altitude: new Int16Array(buffer, column(2), count),
    groundspeed: new Uint16Array(buffer, column(2), count),
    track: new Uint16Array(buffer, column(2), count),
    flags: new Uint16Array(buffer, column(2), count),
  };
}

export const latitudeDeg = (p: Picture, i: number): number => p.latitude[i]! * 1e-7;
export const longitudeDeg = (p: Picture, i: number): number => p.longitude[i]! * 1e-7;

export function altitudeFt(p: Picture, i: number): number | null {
  const raw = p.altitude[i]!;
  return raw === ALTITUDE_NONE ? null : raw * 25;
}

/** In the air, and nobody knows how high: on the map it lies among those above and below it. */
export const heightless = (p: Picture, i: number): boolean => p.altitude[i] === ALTITUDE_NONE && !(p.flags[i]! & FLAG.ground);

export function groundspeedKt(p: Picture, i: number): number | null {
  const raw = p.groundspeed[i]!;
  return raw === NONE_U16 ? null : raw / 10;
}

export function trackDeg(p: Picture, i: number): number | null {
  const raw = p.track[i]!;
  return raw === NONE_U16 ? null : raw / 100;
}

/** Index into the roster's parties, -1 for none. */
export const partyIndex = (p: Picture, i: number): number => (p.flags[i]! & FLAG.party) - 1;
