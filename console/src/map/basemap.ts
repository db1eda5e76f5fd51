// The basemap: Natural Earth coast and country lines (public domain, 1:10m, by npm's world-atlas), in greys, without a
// single name or colour of anybody. It lies inside the package; nothing is fetched from outside.

import type { GeoJSONSource, Map as MapLibreMap, StyleSpecification } from 'maplibre-gl';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import atlasUrl from 'world-atlas/countries-10m.json?url';

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

type Atlas = Topology<{ countries: GeometryCollection; land: GeometryCollection }>;

/** Loads coast and country lines from the page's own address; rejects if they are not there. */
export async function fillBasemap(map: MapLibreMap): Promise<void> {
  const response = await fetch(atlasUrl);
  if (!response.ok) throw new Error(`basemap: HTTP ${response.status}`);
  const atlas = (await response.json()) as Atlas;
  const between = mesh(atlas, atlas.objects.countries, (a, b) => a !== b);
  await Promise.all([
    (map.getSource('land') as GeoJSONSource).setData(feature(atlas, atlas.objects.land)),
    (map.getSource('borders') as GeoJSONSource).setData({ type: 'Feature', properties: {}, geometry: between }),
  ]);
}
