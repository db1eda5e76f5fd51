// The basemap: Natural Earth coast and country lines (public domain, 1:10m, by npm's world-atlas), in greys, without a
// single name or colour of anybody. It lies inside the package; nothing is fetched from outside.

import type { GeoJSONSource, Map as MapLibreMap, StyleSpecification } from 'maplibre-gl';
import type { Atlas } from './atlas.worker';

const SEA = '#0f1316';
const LAND = '#1b2024';
const COAST = '#59636b';
const BORDER = '#4a535a';

const nothing = { type: 'FeatureCollection', features: [] } as const;

/** No glyphs, no sprite, no tiles: every source is filled by `fillBasemap`. */
export const STYLE: StyleSpecification = {
  version: 8,
  sources: {
    land: { type: 'geojson', data: { ...nothing, features: [] }, tolerance: 0.3 },
    borders: { type: 'geojson', data: { ...nothing, features: [] }, tolerance: 0.3 },
  },
  layers: [
    { id: 'sea', type: 'background', paint: { 'background-color': SEA } },
    { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': LAND, 'fill-antialias': false } },
    { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': COAST, 'line-width': 0.9 } },
    {
      id: 'borders',
      type: 'line',
      source: 'borders',
      paint: { 'line-color': BORDER, 'line-width': 1, 'line-dasharray': [5, 3] },
    },
  ],
};

/** Has the atlas made into GeoJSON by a worker: a second of work that must not hold up an alert. */
export function loadAtlas(): Promise<Atlas> {
  const worker = new Worker(new URL('./atlas.worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Atlas>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Atlas | string>) =>
      typeof data === 'string' ? reject(new Error(data)) : resolve(data);
    worker.onerror = (event) => reject(new Error(event.message || 'basemap'));
  }).finally(() => worker.terminate());
}

/** Puts coast and country lines on the map; rejects if they could not be loaded. */
export async function fillBasemap(map: MapLibreMap, loading: Promise<Atlas>): Promise<void> {
  const { land, borders } = await loading;
  for (const [source, json] of Object.entries({ land, borders })) {
    // The map reads the text in a worker of its own, and again if it has to restart that worker: never revoked.
    await (map.getSource(source) as GeoJSONSource).setData(URL.createObjectURL(json));
  }
}
