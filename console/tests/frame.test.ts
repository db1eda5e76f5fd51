import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { altitudeFt, decodeFrame, FLAG, groundspeedKt, latitudeDeg, longitudeDeg, partyIndex, trackDeg } from '../src/lib/frame';

// The same file holds the node's encoder to its word (tests/node/test_frame.py).
const vector = JSON.parse(readFileSync(new URL('../../tests/data/frame_vector.json', import.meta.url), 'utf8')) as {
  hex: string;
  aircraft: { altitude_ft: number | null; groundspeed_kt: number | null; track_deg: number | null }[];
  decoded: {
    count: number;
    sky_time_s: number;
    roster_version: number;
    latitude: number[];
    longitude: number[];
    altitude: number[];
    groundspeed: number[];
    track: number[];
    flags: number[];
  };
};

const buffer = (): ArrayBuffer => new Uint8Array(Buffer.from(vector.hex, 'hex')).buffer;

describe('the picture frame', () => {
  it('reads what the node wrote', () => {
    const picture = decodeFrame(buffer());
    const { count, sky_time_s, roster_version, ...columns } = vector.decoded;
    expect(picture.count).toBe(count);
    expect(picture.skyTimeMs).toBe(sky_time_s * 1000);
    expect(picture.rosterVersion).toBe(roster_version);
    for (const [name, values] of Object.entries(columns)) {
      expect([...picture[name as keyof typeof columns]], name).toEqual(values);
    }
  });

  it('gives the units of the field, to the resolution of the frame', () => {
    const picture = decodeFrame(buffer());
    expect(latitudeDeg(picture, 0)).toBeCloseTo(35.5138001, 9);
    expect(longitudeDeg(picture, 1)).toBeCloseTo(-179.9999999, 9);
    vector.aircraft.forEach((aircraft, i) => {
      within(altitudeFt(picture, i), aircraft.altitude_ft, 12.5);
      within(groundspeedKt(picture, i), aircraft.groundspeed_kt, 0.05);
      within(trackDeg(picture, i), aircraft.track_deg === null ? null : aircraft.track_deg % 360, 0.005);
    });
  });

  it('tells parties from none', () => {
    const picture = decodeFrame(buffer());
    expect([...picture.flags].map((_, i) => partyIndex(picture, i))).toEqual([0, 1, 14, -1]);
    expect(picture.flags[1]! & FLAG.stale).toBeTruthy();
  });

  it('refuses a frame that is cut short, too long, or something else', () => {
    const whole = new Uint8Array(buffer());
    expect(() => decodeFrame(whole.slice(0, 20).buffer)).toThrow(RangeError);
    expect(() => decodeFrame(whole.slice(0, -1).buffer)).toThrow(RangeError);
    expect(() => decodeFrame(new Uint8Array([...whole, 0]).buffer)).toThrow(RangeError);
    const other = whole.slice();
    other[3] = 0x32;
    expect(() => decodeFrame(other.buffer)).toThrow('not a picture');
  });
});

function within(value: number | null, expected: number | null, tolerance: number) {
  if (expected === null) expect(value).toBeNull();
  else expect(Math.abs(value! - expected)).toBeLessThanOrEqual(tolerance + 1e-9);
}
