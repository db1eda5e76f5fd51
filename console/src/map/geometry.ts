// Positions on a sphere, good to the pixel: what the screen needs. Separation is computed by the node, never here.

const DEG = Math.PI / 180;
const EARTH_RADIUS_NM = 3440.065;

/** Where one gets from here on this track after this distance: [longitude, latitude] in degrees. */
export function destination(
  longitude: number,
  latitude: number,
  trackDeg: number,
  distanceNm: number,
): [number, number] {
  const angle = distanceNm / EARTH_RADIUS_NM;
  const [lat, lon, track] = [latitude * DEG, longitude * DEG, trackDeg * DEG];
  const sinLat = Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(track);
  const east = Math.sin(track) * Math.sin(angle) * Math.cos(lat);
  const lonOut = lon + Math.atan2(east, Math.cos(angle) - Math.sin(lat) * sinLat);
  return [lonOut / DEG, Math.asin(Math.min(1, Math.max(-1, sinLat))) / DEG];
}

/** West, south, east, north in degrees; east may exceed 180 where the box crosses the antimeridian. */
export type Box = [number, number, number, number];

/** The smallest box around these positions; null for none. Longitudes go round the globe: the widest gap is outside. */
export function boxOf(longitudes: readonly number[], latitudes: readonly number[]): Box | null {
  if (longitudes.length === 0) return null;
  const sorted = longitudes.toSorted((a, b) => a - b);
  let [gap, after] = [sorted[0]! + 360 - sorted.at(-1)!, 0];
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i]! - sorted[i - 1]! > gap) [gap, after] = [sorted[i]! - sorted[i - 1]!, i];
  }
  const west = sorted[after]!;
  return [west, latitudes.reduce((a, b) => Math.min(a, b)), west + 360 - gap, latitudes.reduce((a, b) => Math.max(a, b))];
}

const WORLD_PX = 512;

/** Web Mercator: pixels of the world at this zoom; x grows eastward, y southward. */
export function project(longitude: number, latitude: number, zoom: number): [number, number] {
  const scale = WORLD_PX * 2 ** zoom;
  const sin = Math.min(0.9999, Math.max(-0.9999, Math.sin(latitude * DEG)));
  return [((longitude + 180) / 360) * scale, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * scale];
}

/** The inverse of `project`: [longitude, latitude]. */
export function unproject(x: number, y: number, zoom: number): [number, number] {
  const scale = WORLD_PX * 2 ** zoom;
  return [(x / scale) * 360 - 180, Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / scale))) / DEG];
}

/** The line from a to b as `dashes` dashes: [start, end] pairs. */
export function dashed(
  a: [number, number],
  b: [number, number],
  dashes: number,
): [[number, number], [number, number]][] {
  const at = (t: number): [number, number] => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
  const unit = 1 / (2 * dashes - 1); // dash, gap, dash … dash
  return Array.from({ length: dashes }, (_, i) => [at(2 * i * unit), at((2 * i + 1) * unit)]);
}
