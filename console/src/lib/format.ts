// Numbers as people in the field read them. They are left to right and in Western digits in every language.

const NONE = '–';

export function nm(value: number | null): string {
  if (value === null) return NONE;
  return `${value.toFixed(value < 10 ? 2 : 1)} NM`;
}

export function ft(value: number | null): string {
  return value === null ? NONE : `${grouped(Math.round(value))} ft`;
}

export function kt(value: number | null): string {
  return value === null ? NONE : `${Math.round(value)} kt`;
}

export function grouped(value: number): string {
  return value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Above this pressure altitude a level is spoken as a flight level (the highest transition altitude in use). */
const FLIGHT_LEVEL_FROM_FT = 18_000;

export function level(altitudeFt: number | null): string {
  if (altitudeFt === null) return NONE;
  if (altitudeFt < FLIGHT_LEVEL_FROM_FT) return `${grouped(Math.round(altitudeFt / 100) * 100)} ft`;
  return `FL${Math.round(altitudeFt / 100).toString().padStart(3, '0')}`;
}

/** 65 → "1:05", -5 → "-0:05", 3700 → "1:01:40". */
export function countdown(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return NONE;
  const whole = Math.round(Math.abs(seconds));
  const sign = seconds < 0 && whole > 0 ? '-' : '';
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => value.toString().padStart(2, '0');
  return sign + (h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`);
}

/** "21:50:09", UTC. */
export function clock(time: string | number | null): string {
  if (time === null) return '--:--:--';
  return new Date(time).toISOString().slice(11, 19);
}

/** "2025-06-02", UTC. */
export function date(time: string | number | null): string {
  return time === null ? '----------' : new Date(time).toISOString().slice(0, 10);
}

/** "sha256:1f0c2a9b…" → "1f0c 2a9b": enough to read aloud and compare. */
export function shortDigest(digest: string): string {
  const hex = digest.replace(/^sha256:/, '');
  return `${hex.slice(0, 4)} ${hex.slice(4, 8)}`;
}

export function latitude(value: number): string {
  return `${Math.abs(value).toFixed(3).padStart(6, '0')}°${value < 0 ? 'S' : 'N'}`;
}

export function longitude(value: number): string {
  const wrapped = ((((value + 180) % 360) + 360) % 360) - 180;
  return `${Math.abs(wrapped).toFixed(3).padStart(7, '0')}°${wrapped < 0 ? 'W' : 'E'}`;
}
