// What the map shows of an active alert: a ring round both aircraft, their ways to the closest point of approach, and
// there a dashed line with the predicted distances and the time.

import { timeToCpaS } from '../lib/alerts';
import { countdown, ft, nm } from '../lib/format';
import { groundspeedKt, latitudeDeg, longitudeDeg, trackDeg, type Picture } from '../lib/frame';
import type { PictureStore } from '../lib/picture';
import type { AlertRow, Tier } from '../lib/types';
import { dashed, destination } from './geometry';

export const TIER_RGB: Record<Tier, [number, number, number]> = {
  warning: [255, 77, 79],
  caution: [245, 196, 61],
  advisory: [150, 205, 235],
};

/** Straight flight further ahead than this is no prediction that anyone should see as a line. */
const AHEAD_S_MAX = 600;
const DASHES = 9;

type Point = [number, number];

export interface AlertMark {
  event: string;
  color: [number, number, number];
  selected: boolean;
  /** Longitude, latitude of both aircraft now. */
  aircraft: [Point, Point];
  paths: [Point, Point][];
  dashes: [Point, Point][];
  middle: Point;
  text: string;
}

/** One mark for each active alert whose both aircraft are in the picture. */
export function alertMarks(
  alerts: readonly AlertRow[],
  store: PictureStore,
  skyMs: number | null,
  selected: string | null,
): AlertMark[] {
  const marks: AlertMark[] = [];
  for (const row of alerts) {
    const [a, b] = [store.indexOf(row.pair[0]), store.indexOf(row.pair[1])];
    if (a >= 0 && b >= 0) marks.push(markOf(row, store.picture!, a, b, skyMs, row.event === selected));
  }
  return marks;
}

function markOf(row: AlertRow, picture: Picture, a: number, b: number, skyMs: number | null, selected: boolean): AlertMark {
  const time = timeToCpaS(row, skyMs);
  const ahead = time === null ? 0 : Math.min(AHEAD_S_MAX, Math.max(0, time));
  const now: [Point, Point] = [positionAfter(picture, a, 0), positionAfter(picture, b, 0)];
  const then: [Point, Point] = [positionAfter(picture, a, ahead), nearest(positionAfter(picture, b, ahead), now[0])];
  const predicted = ahead > 0;
  const horizontal = predicted ? row.predicted_horizontal_nm : row.horizontal_nm;
  const vertical = predicted ? row.predicted_vertical_ft : row.vertical_ft;
  return {
    event: row.event,
    color: TIER_RGB[row.tier],
    selected,
    aircraft: now,
    paths: predicted ? [[now[0], then[0]], [nearest(now[1], now[0]), then[1]]] : [],
    dashes: dashed(then[0], then[1], DASHES),
    middle: [(then[0][0] + then[1][0]) / 2, (then[0][1] + then[1][1]) / 2],
    text: `${nm(horizontal)} / ${vertical === null ? 'ALT?' : ft(vertical)}${predicted ? ` · ${countdown(ahead)}` : ''}`,
  };
}

/** Where the aircraft is after `seconds` of straight flight at its present speed. */
function positionAfter(picture: Picture, i: number, seconds: number): Point {
  const at: Point = [longitudeDeg(picture, i), latitudeDeg(picture, i)];
  const [speed, track] = [groundspeedKt(picture, i), trackDeg(picture, i)];
  if (seconds === 0 || speed === null || track === null) return at;
  return destination(at[0], at[1], track, (speed * seconds) / 3600);
}

/** The same place with the longitude that is nearest to `other`: lines must not run round the globe. */
function nearest([longitude, latitude]: Point, other: Point): Point {
  return [longitude - 360 * Math.round((longitude - other[0]) / 360), latitude];
}
