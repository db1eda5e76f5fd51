// The hotline as the node tells it, and what the page makes of it: phrases, positions, who must act. Pure.

import type { Language } from './i18n.svelte';
import type { EntryRef, MessageRow } from './types';

export interface Position {
  latitude: number;
  longitude: number;
  altitude_ft: number | null;
  altitude_reference: string | null;
}

export type Value = { kind: string; name: string } & Record<string, unknown>;

export interface Alarm {
  code: string;
  party: string;
  role: string | null;
  since: string;
  loud: boolean;
  ours: boolean;
  subject: EntryRef | null;
  said: string | null;
  distance_nm: number | null;
  exercise: boolean;
}

/** What is wrong with words: worded by the page from its code and values; `text` is the shell's line. */
export interface Fault {
  code: string;
  values?: Record<string, string | number>;
  text: string;
}

export interface Circuit {
  party: string;
  state: 'good' | 'untried' | 'unchecked' | 'due' | 'overdue' | 'asked' | 'missed' | 'down' | 'silent';
  heard_at: string | null;
  /** Null where no accord in force asks for checks. */
  due_at: string | null;
  missed: number;
  /** Whether the two nodes hear each other, and since when it is so. */
  line: string;
  line_since: string | null;
}

export interface Shift {
  ref: EntryRef;
  party: string;
  role: string;
  holder: string;
  name: string;
  state: string;
  counts: boolean;
  start: string;
  end: string;
  offered_to: string | null;
  offered_name: string | null;
  note: string;
}

export interface Said {
  code: string | null;
  said: Partial<Record<Language, string>>;
  text: string;
  language: string;
}

export interface DrillRow {
  ref: EntryRef;
  party: string;
  state: string;
  outcome: string;
  note: string;
  started_at: string | null;
  answer_within_s: number;
  lines: { code: string; party: string | null; acknowledged_s: number | null; in_time: boolean }[];
}

export interface VoiceRow extends Said {
  ref: EntryRef;
  party: string;
  state: string;
  direction: string;
  means: string;
  spoken_at: string;
  with_role: string;
  with_name: string | null;
  exercise: boolean;
  /** What the other side says of it, where it disputes it. */
  answer: string;
}

export interface RadioRow {
  ref: EntryRef;
  party: string;
  called: string;
  mhz: number;
  times: number;
  first_at: string;
  answered: boolean;
  agreed: boolean;
  frequency: string | null;
  exercise: boolean;
}

export interface HotlineState {
  party: string;
  alarms: Alarm[];
  /** How many more there are than the node lists. */
  alarms_left_out: number;
  loud: boolean;
  circuits: Circuit[];
  roster: Shift[];
  rosters_kept: string[];
  waiting: (Said & { ref: EntryRef; to_role: string; expires_at: string | null })[];
  drills: DrillRow[];
  drill_due_at: string | null;
  /** What the accord wants practised; null without one that says so. */
  drill_terms: { phrases: string[]; answer_within_s: number | null } | null;
  voices: VoiceRow[];
  radio: RadioRow[];
}

export interface Phrase {
  code: string;
  priority: number;
  params: { name: string; kind: string; optional: boolean }[];
  text: Partial<Record<Language, string>>;
  response: string | null;
}

export interface Book {
  accord: string | null;
  phrases: Phrase[];
  plan: number | null;
  frequencies: { name: string; mhz: number; use: string }[];
  places: string[];
}

export const HEIGHT_REFERENCES = ['pressure', 'mean-sea-level', 'wgs84-ellipsoid', 'above-ground'] as const;

/** The phrase in the reader's language, else in any; the code itself if the book has no words for it. */
export function phraseText(row: Said, language: Language): string {
  return row.said[language] ?? row.said.en ?? row.code ?? '';
}

const DECIMAL = /^[+-]?\d{1,3}(\.\d+)?$/;
const MINUTES = /^(\d{1,3})[° ]\s*(\d{1,2}(?:\.\d+)?)['′]?\s*([NSEW])$/i;

/** "35.2833,40.0833" or "35 17.000N, 040 05.000E"; null for anything else, or outside the globe. */
export function parsePosition(text: string): { latitude: number; longitude: number } | null {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length !== 2) return null;
  const latitude = degrees(parts[0]!, 'NS');
  const longitude = degrees(parts[1]!, 'EW');
  if (latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return { latitude, longitude };
}

function degrees(text: string, sides: string): number | null {
  if (DECIMAL.test(text)) return Number(text);
  const found = MINUTES.exec(text);
  if (found === null || !sides.includes(found[3]!.toUpperCase()) || Number(found[2]) >= 60) return null;
  const size = Number(found[1]) + Number(found[2]) / 60;
  return found[3]!.toUpperCase() === sides[1] ? -size : size;
}

export const positionText = (at: { latitude: number; longitude: number }): string =>
  `${at.latitude.toFixed(5)},${at.longitude.toFixed(5)}`;

/** A level as typed: "25000" with the reference chosen beside it, or "FL250", which says its own; null without one. */
export function parseLevel(text: string, reference: string): { number: number; reference: string } | null {
  const level = /^FL\s*(\d{1,3})$/i.exec(text);
  if (level !== null) return { number: Number(level[1]) * 100, reference: 'pressure' };
  return reference !== '' && /^-?\d{1,6}(\.\d+)?$/.test(text) ? { number: Number(text), reference } : null;
}

/** A time as typed, in UTC; null without a zone, as at the node: whose noon it is, is what goes wrong. */
export function parseTime(text: string): string | null {
  const typed = text.trim();
  if (!/(Z|[+-]\d\d:\d\d)$/.test(typed) || Number.isNaN(Date.parse(typed))) return null;
  return new Date(typed).toISOString();
}

/** A moment as people type one: to the minute, in UTC. */
export const minuteText = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;

/** What a person types for one parameter. */
export interface Typed {
  text: string;
  place: string;
  height: string;
  reference: string;
  wording: string;
  despite: boolean;
}

export const EMPTY: Typed = { text: '', place: '', height: '', reference: '', wording: '', despite: false };

/** A parameter that was sent, as it would be typed: what a correction begins with. */
export function typedOf(value: Value): Typed {
  if (value.kind === 'position') {
    const at = value.position as Position;
    const height = at.altitude_ft === null ? '' : String(at.altitude_ft);
    return { ...EMPTY, text: positionText(at), place: (value.place as string | null) ?? '', height, reference: at.altitude_reference ?? '' };
  }
  if (value.kind === 'time') return { ...EMPTY, text: String(value.time), wording: (value.wording as string | undefined) ?? '' };
  if (value.kind === 'frequency') return { ...EMPTY, text: String(value.frequency) };
  if ('number' in value) return { ...EMPTY, text: String(value.number), reference: (value.reference as string | null) ?? '' };
  return { ...EMPTY, text: String(value.words ?? '') };
}

/** What a person typed for one parameter, as the node wants it; null while it is not whole. */
export function valueOf(
  param: { name: string; kind: string },
  typed: Typed,
  book: Book,
): Value | null {
  const { name, kind } = param;
  const text = typed.text.trim();
  if (text === '') return null;
  if (kind === 'position') {
    const at = parsePosition(text);
    const height = typed.height.trim();
    if (at === null || (height !== '' && (!Number.isFinite(Number(height)) || typed.reference === ''))) return null;
    const altitude = height === '' ? { altitude_ft: null, altitude_reference: null } : { altitude_ft: Number(height), altitude_reference: typed.reference };
    const place = typed.place.trim();
    return { kind, name, position: { ...at, ...altitude }, place: place === '' ? null : place, despite_place: typed.despite };
  }
  if (kind === 'time') {
    const time = parseTime(text);
    return time === null ? null : { kind, name, time, wording: typed.wording.trim() };
  }
  if (kind === 'frequency') {
    const found = book.frequencies.find((one) => one.name === text);
    return found ? { kind, name, frequency: found.name, mhz: found.mhz, plan: book.plan } : null;
  }
  if (kind === 'level') {
    const level = parseLevel(text, typed.reference);
    return level ? { kind, name, ...level } : null;
  }
  if (['count', 'heading', 'number', 'speed'].includes(kind)) {
    return Number.isFinite(Number(text)) ? { kind, name, number: Number(text) } : null;
  }
  return { kind, name, words: text };
}

/** Whether our side has not opened this message on anybody's screen yet. */
export function unread(row: MessageRow, party: string): boolean {
  const course = row.courses?.find((one) => one.party === party);
  return course !== undefined && row.from !== party && course.read_at === null && course.acknowledged_at === null;
}

/** What fills a fault's words: names keep their own direction in text that runs the other way. */
export function faultValues(fault: Fault): Record<string, string | number> {
  const whole = (value: string | number) => (typeof value === 'string' ? isolated(value) : value);
  return Object.fromEntries(Object.entries(fault.values ?? {}).map(([name, value]) => [name, whole(value)]));
}

/** First strong isolate … pop directional isolate. */
const isolated = (text: string): string => `${String.fromCodePoint(0x2068)}${text}${String.fromCodePoint(0x2069)}`;

/** A phrase whose placeholders stay whole in text that runs the other way. */
export function withPlacesIsolated(phrase: string): string {
  return phrase.replace(/\{\w+\}/g, isolated);
}
