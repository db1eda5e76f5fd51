// The map on the page: MapLibre below, deck.gl above, north up, never turned. Reads the picture store; not reactive.

import type { Layer } from '@deck.gl/core';
import { MapboxOverlay } from '@deck.gl/mapbox';
import { Map as MapLibreMap, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { latitudeDeg, longitudeDeg, partyIndex, type Picture } from '../lib/frame';
import type { PictureStore } from '../lib/picture';
import type { AlertRow, Place } from '../lib/types';
import type { View } from '../lib/url';
import { alertMarks, type AlertMark } from './alertmarks';
import { fillBasemap, loadAtlas, STYLE } from './basemap';
import { columnsOf, dataBlock } from './columns';
import { boxOf, project, unproject, type Box } from './geometry';
import { gridLayers } from './grid';
import { drawIcons } from './icons';
import { ALWAYS, CHAR_PX, LINE_PX, PLACE, Placer, type Block, type Rect } from './labels';
import {
  aircraftLayers,
  alertLayers,
  CPA_CHAR_PX,
  CPA_FONT_PX,
  labelLayers,
  PLACE_CHAR_PX,
  PLACE_FONT_PX,
  placeLayer,
  type Label,
} from './layers';

setWorkerUrl(workerUrl);

export interface Alerted {
  alerts: readonly AlertRow[];
  skyMs: number | null;
  selected: string | null;
}

export interface Events {
  pointer(position: { longitude: number; latitude: number } | null): void;
  moved(view: View): void;
  failed(reason: string): void;
}

const SYMBOL_PX = 10;
const RING_PX = 20;
const CPA_CLEAR_PX = 8;
const PLACE_PX = 2;
const FIT_PADDING_PX = 60;
const FIT_ZOOM_MAX = 11;
/** A pair is shown with the sky around it: who else is near matters as much. */
const PAIR_ZOOM_MAX = 9.2;

export class SkyMap {
  readonly #map: MapLibreMap;
  readonly #overlay: MapboxOverlay;
  readonly #icons = drawIcons();
  readonly #placer = new Placer();
  readonly #unsubscribe: () => void;
  #alerted: Alerted = { alerts: [], skyMs: null, selected: null };
  #places: readonly Place[] = [];
  #drawing = 0;
  #drawn: Picture | null = null;
  #aircraft: Layer[] = [];
  #labels: Layer[] = [];
  #placeBlocks = true;

  /** Throws if the browser cannot draw the map (no WebGL 2). */
  constructor(container: HTMLElement, private readonly store: PictureStore, view: View | null, events: Events) {
    if (document.createElement('canvas').getContext('webgl2') === null) throw new Error('WebGL 2');
    this.#map = new MapLibreMap({
      container,
      style: STYLE,
      center: view ? [view.longitude, view.latitude] : [0, 25],
      zoom: view?.zoom ?? 1.5,
      maxZoom: 15,
      maxPitch: 0,
      dragRotate: false,
      attributionControl: false,
      fadeDuration: 0,
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    this.#map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.#map.addControl(new ScaleControl({ unit: 'nautical', maxWidth: 140 }), 'bottom-left');
    this.#overlay = new MapboxOverlay({ interleaved: false, layers: [] });
    this.#map.addControl(this.#overlay);
    const atlas = loadAtlas();
    this.#map.on('load', () => {
      fillBasemap(this.#map, atlas).then(
        () => (container.dataset.basemap = 'ready'),
        (error: Error) => events.failed(error.message),
      );
    });
    this.#map.on('move', () => this.#draw('keep blocks'));
    this.#map.on('zoom', () => this.#draw('place blocks'));
    this.#map.on('moveend', (event) => {
      this.#draw('place blocks');
      const { lng, lat } = this.#map.getCenter();
      container.dataset.view = `${lat.toFixed(2)} ${lng.toFixed(2)}`;
      if ('originalEvent' in event) events.moved({ longitude: lng, latitude: lat, zoom: this.#map.getZoom() });
    });
    this.#map.on('mousemove', ({ lngLat }) => events.pointer({ longitude: lngLat.lng, latitude: lngLat.lat }));
    this.#map.on('mouseout', () => events.pointer(null));
    this.#map.getCanvas().addEventListener('webglcontextlost', () => events.failed('WebGL'));
    this.#unsubscribe = store.subscribe(() => this.#draw('place blocks'));
  }

  remove(): void {
    cancelAnimationFrame(this.#drawing);
    this.#unsubscribe();
    this.#map.remove();
  }

  setAlerted(alerted: Alerted): void {
    this.#alerted = alerted;
    this.#draw('place blocks');
  }

  setPlaces(places: readonly Place[]): void {
    this.#places = places;
    this.#draw('place blocks');
  }

  /** Show all aircraft; false while there is none. */
  fitAll(): boolean {
    const picture = this.store.picture;
    if (picture === null) return false;
    const indices = Array.from({ length: picture.count }, (_, i) => i);
    return this.#fit(indices.map((i) => [longitudeDeg(picture, i), latitudeDeg(picture, i)]));
  }

  /** Show the pair of one alert. */
  fitPair(event: string): void {
    const mark = this.#marks().find((candidate) => candidate.event === event);
    if (mark) this.#fit([...mark.aircraft, mark.middle], PAIR_ZOOM_MAX);
  }

  #fit(points: [number, number][], maxZoom = FIT_ZOOM_MAX): boolean {
    const box = boxOf(points.map(([lon]) => lon), points.map(([, lat]) => lat));
    if (box === null) return false;
    const { clientWidth, clientHeight } = this.#map.getContainer();
    const padding = Math.min(FIT_PADDING_PX, 0.12 * Math.min(clientWidth, clientHeight));
    this.#map.fitBounds([[box[0], box[1]], [box[2], box[3]]], { padding, maxZoom, duration: 0 });
    return true;
  }

  #marks(): AlertMark[] {
    const { alerts, skyMs, selected } = this.#alerted;
    return alertMarks(alerts, this.store, skyMs, selected);
  }

  /** Draw once at the next screen refresh, however often it is asked for; blocks are placed anew only when they must be. */
  #draw(blocks: 'place blocks' | 'keep blocks'): void {
    this.#placeBlocks ||= blocks === 'place blocks';
    if (this.#drawing !== 0) return;
    this.#drawing = requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#overlay.setProps({ layers: this.#layers() });
    });
  }

  #layers(): Layer[] {
    const grid = [...gridLayers(this.#box(), this.#map.getZoom()), placeLayer(this.#places)];
    const picture = this.store.picture;
    if (picture === null) return grid;
    if (picture !== this.#drawn) {
      this.#drawn = picture;
      this.#aircraft = aircraftLayers(columnsOf(picture), this.#icons);
    }
    if (this.#placeBlocks) {
      this.#placeBlocks = false;
      this.#labels = labelLayers(this.#placeLabels());
    }
    return [...grid, ...alertLayers(this.#marks()), ...this.#aircraft, ...this.#labels];
  }

  #placeLabels(): Label[] {
    const zoom = this.#map.getZoom();
    const [west, south, east, north] = this.#box();
    const view: Rect = [...project(west, north, zoom), ...project(east, south, zoom)];
    const fills = new Map<string, AlertMark['color']>();
    const cpas: Block[] = [];
    for (const mark of this.#marks()) {
      const [x, y] = project(mark.middle[0], mark.middle[1], zoom);
      if (x < view[0] || x > view[2] || y < view[1] || y > view[3]) continue;
      fills.set(mark.event, mark.color);
      const priority = mark.selected ? ALWAYS + 1 : ALWAYS;
      const size = { charPx: CPA_CHAR_PX, linePx: CPA_FONT_PX + 8, symbolPx: CPA_CLEAR_PX };
      cpas.push({ key: mark.event, index: -1, x, y, text: mark.text, ...size, priority });
    }
    return this.#placer.place([...cpas, ...this.#blocks(), ...this.#names(view, zoom)], view).map((placed): Label => {
      const { x, y, leader } = placed;
      return {
        ...placed,
        at: unproject(x, y, zoom),
        leaderTo: leader && unproject(x + leader[0], y + leader[1], zoom),
        fill: fills.get(placed.key) ?? null,
      };
    });
  }

  /** Names of the places in sight. */
  #names(view: Rect, zoom: number): Block[] {
    const blocks = this.#places.map(({ name, latitude, longitude }): Block => {
      const [x, y] = project(longitude, latitude, zoom);
      const size = { charPx: PLACE_CHAR_PX, linePx: PLACE_FONT_PX + 2, symbolPx: PLACE_PX };
      return { key: `place ${name} ${latitude} ${longitude}`, index: -1, x, y, text: name, ...size, priority: PLACE };
    });
    return blocks.filter(({ x, y }) => x >= view[0] && x <= view[2] && y >= view[1] && y <= view[3]);
  }

  /** Data blocks of the aircraft in sight. */
  #blocks(): Block[] {
    const { picture, roster } = this.store;
    if (picture === null || roster === null || !this.store.named) return [];
    const alerted = new Map<number, number>();
    for (const row of this.#alerted.alerts) {
      for (const icao24 of row.pair) alerted.set(this.store.indexOf(icao24), row.event === this.#alerted.selected ? 2 : 1);
    }
    const [west, south, east, north] = this.#box();
    const zoom = this.#map.getZoom();
    const blocks: Block[] = [];
    for (let i = 0; i < picture.count; i++) {
      const [longitude, latitude] = [longitudeDeg(picture, i), latitudeDeg(picture, i)];
      if (latitude < south || latitude > north || (longitude - west + 720) % 360 > east - west) continue;
      const [x, y] = project(longitude, latitude, zoom);
      const party = roster.parties[partyIndex(picture, i)] ?? null;
      const text = dataBlock(picture, i, this.store.nameOf(i), party);
      const key = roster.aircraft[i]![0];
      const priority = alerted.get(i) ?? 0;
      const size = { charPx: CHAR_PX, linePx: LINE_PX, symbolPx: priority > 0 ? RING_PX : SYMBOL_PX };
      blocks.push({ key, index: i, x, y, text, ...size, priority });
    }
    return blocks;
  }

  #box(): Box {
    const bounds = this.#map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }
}
