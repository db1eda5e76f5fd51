// Natural Earth from topology to GeoJSON text, off the page's own thread.

import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import atlasUrl from 'world-atlas/countries-10m.json?url';

/** GeoJSON as text. */
export interface Atlas {
  land: Blob;
  borders: Blob;
}

/** Four decimals of a degree are 11 m: less than a pixel at any zoom that shows more than a runway. */
const DECIMALS = 1e4;

const text = (value: unknown): Blob =>
  new Blob([JSON.stringify(value, (_, v: unknown) => (typeof v === 'number' ? Math.round(v * DECIMALS) / DECIMALS : v))]);

async function atlas(): Promise<Atlas> {
  const response = await fetch(atlasUrl);
  if (!response.ok) throw new Error(`basemap: HTTP ${response.status}`);
  const topology = (await response.json()) as Topology<{ countries: GeometryCollection; land: GeometryCollection }>;
  const between = mesh(topology, topology.objects.countries, (a, b) => a !== b);
  return {
    land: text(feature(topology, topology.objects.land)),
    borders: text({ type: 'Feature', properties: {}, geometry: between }),
  };
}

atlas().then(
  (done) => postMessage(done),
  (error: unknown) => postMessage(error instanceof Error ? error.message : 'basemap'),
);
