// One incident as the node gives it, and the drawing of what each side measured over time.

import type { EntryRef, IncidentRow } from './types';

export interface Said {
  ref: EntryRef;
  party: string;
  role: string;
  recorded_at: string;
  text?: string;
  language?: string;
  step?: string;
  because?: string;
}

export interface Fact {
  ref: EntryRef;
  party: string;
  text: string;
  state: string;
  positions: Record<string, { step: string; because: string; at: string }>;
  steps: string[];
}

export interface Question {
  ref: EntryRef;
  party: string;
  to: string;
  text: string;
  state: string;
  answers: Said[];
  steps: string[];
}

export interface Severity {
  values: string[];
  source: string;
  proposed: string | null;
  by_side: Record<string, { value: string; ground: string }>;
  given: Record<string, { value: string; because: string; role: string }>;
  state: string;
}

export interface Mark {
  at: string;
  kind: string;
  party: string;
  ref: EntryRef;
  text: string;
}

export interface Reconstruction {
  zero: string;
  tracks: {
    icao24: string;
    callsign: string | null;
    quality: { reports: number; every_s: number | null; longest_gap_s: number | null; doubts: string[]; thinned: string };
  }[];
  /** Seconds after zero, distance in NM, difference in altitude in ft. */
  difference: [number, number, number | null][];
  closest: { time: string; horizontal_nm: number; vertical_ft: number | null } | null;
  limits: { horizontal_nm: number; vertical_ft: number | null } | null;
  marks: Mark[];
  faults: string[];
}

export interface IncidentRecord extends IncidentRow {
  start: string;
  end: string;
  record: string;
  /** What the digest is over, as a closing names it. */
  entries: unknown[];
  confirmed_by: string | null;
  outdated_by: string[];
  steps: string[];
  severity: Record<string, Severity>;
  reconstructions: Record<string, Reconstruction>;
  accounts: Said[];
  fact_list: Fact[];
  question_list: Question[];
  notes: (Said & { about: string })[];
  conduct: (Said & { codes: string[]; conduct: string; note: string })[];
}

/** What one party owes of one incident, and since when. ours: it is this node's own side. */
export interface Missed {
  row: IncidentRow;
  party: string;
  whats: string[];
  at: string;
  ours: boolean;
}

/** Deadlines that have passed at this wall time with nothing come; one's own first, then the oldest. */
export function missed(rows: IncidentRow[], own: string, wallMs: number): Missed[] {
  const found: Missed[] = [];
  for (const row of rows) {
    if (row.state === 'closed') continue;
    const late = row.dues.filter((due) => due.met_at === null && Date.parse(due.at) <= wallMs);
    for (const party of new Set(late.map((due) => due.party))) {
      const of = late.filter((due) => due.party === party);
      const at = of.map((due) => due.at).sort()[0] ?? '';
      found.push({ row, party, whats: of.map((due) => due.what), at, ours: party === own });
    }
  }
  return found.sort((a, b) => Number(b.ours) - Number(a.ours) || a.at.localeCompare(b.at));
}

/** An instant as it is signed; null for one without its zone, UTC, or that is none. */
export function instantOf(text: string): string | null {
  const said = text.trim();
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/.test(said)) return null;
  const time = new Date(said);
  // A day that is not in the calendar is another one after reading it.
  return Number.isNaN(time.getTime()) || !time.toISOString().startsWith(said.slice(0, 16)) ? null : time.toISOString();
}

/** At most two addresses, in order; null where something is none. */
export function addressesOf(text: string): string[] | null {
  const found = [...new Set(text.trim().toLowerCase().split(/[\s,;]+/).filter((one) => one !== ''))].sort();
  return found.length <= 2 && found.every((one) => /^~?[0-9a-f]{6}$/.test(one)) ? found : null;
}

/** Each party's newest account. */
export function accountsOf(record: IncidentRecord): Map<string, Said> {
  return new Map(record.accounts.map((said) => [said.party, said]));
}

/** Every line of the timeline once, by sky time. */
export function timeline(record: IncidentRecord): Mark[] {
  const found = new Map<string, Mark>();
  for (const made of Object.values(record.reconstructions))
    for (const mark of made.marks) found.set(`${mark.ref.origin}/${mark.ref.sequence}`, mark);
  return [...found.values()].sort((a, b) => a.at.localeCompare(b.at) || a.ref.sequence - b.ref.sequence);
}

export interface Curve {
  party: string;
  points: string;
}

export interface Plot {
  curves: Curve[];
  /** Where the limit lies, from the top, null outside the drawing. */
  limit: number | null;
  low: number;
  high: number;
  from: number;
  to: number;
}

/** What each side measured over time, as polylines in a box of this size. column 1: distance; 2: altitude. */
export function plot(record: IncidentRecord, column: 1 | 2, width: number, height: number): Plot | null {
  const sides = Object.entries(record.reconstructions).map(([party, made]) => ({
    party,
    limit: column === 1 ? made.limits?.horizontal_nm : made.limits?.vertical_ft,
    at: made.difference.flatMap((row) => (row[column] === null ? [] : [[Date.parse(made.zero) / 1000 + row[0], row[column]] as const])),
  }));
  const all = sides.flatMap((side) => side.at);
  if (all.length < 2) return null;
  const times = all.map(([time]) => time);
  const values = all.map(([, value]) => value);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const [low, high] = [Math.min(0, ...values), Math.max(...values, sides[0]?.limit ?? 0) * 1.05 || 1];
  const x = (time: number) => (((time - from) / Math.max(to - from, 1)) * width).toFixed(1);
  const y = (value: number) => height - ((value - low) / (high - low)) * height;
  const limit = sides.find((side) => side.limit !== undefined && side.limit !== null)?.limit ?? null;
  return {
    curves: sides.map((side) => ({ party: side.party, points: side.at.map(([time, value]) => `${x(time)},${y(value).toFixed(1)}`).join(' ') })),
    limit: limit === null ? null : y(limit),
    low,
    high,
    from,
    to,
  };
}
