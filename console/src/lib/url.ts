// Deep links: ?lang=ar&select=<event>&lat=36.8&lon=-121.9&zoom=9

export interface View {
  latitude: number;
  longitude: number;
  zoom: number;
}

/** The view that the address asks for, null if it asks for none or for nonsense. */
export function viewFrom(search: string): View | null {
  const params = new URLSearchParams(search);
  const number = (name: string) => (params.has(name) ? Number(params.get(name)) : Number.NaN);
  const [latitude, longitude, zoom] = [number('lat'), number('lon'), params.has('zoom') ? number('zoom') : 8];
  const sensible = Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180 && zoom >= 0 && zoom <= 22;
  return sensible ? { latitude, longitude, zoom } : null;
}

/** The address's query with some parameters changed; null removes one. */
export function withParams(search: string, changes: Record<string, string | null>): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

export function setParams(changes: Record<string, string | null>): void {
  history.replaceState(null, '', `${location.pathname}${withParams(location.search, changes)}${location.hash}`);
}
