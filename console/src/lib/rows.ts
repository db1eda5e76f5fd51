// Lists of rows as the node tells them: each row is the whole thing, a newer row replaces the older one of its key.

import type { EntryRef, IncidentRow, MessageRow, SightingRow } from './types';

export const refKey = (ref: EntryRef): string => `${ref.origin}#${ref.sequence}`;

export const incidentKey = (row: IncidentRow): string => row.incident;
export const messageKey = (row: MessageRow): string => refKey(row.ref);
export const sightingKey = (row: SightingRow): string => refKey(row.ref);

/** `rows` without the row of this key. */
export const without = <T>(rows: readonly T[], wanted: string, key: (row: T) => string): T[] =>
  rows.filter((row) => key(row) !== wanted);

/** `rows` with `row` in place of the one of the same key, or at the end. A new list; `rows` stays as it was. */
export function upsert<T>(rows: readonly T[], row: T, key: (row: T) => string): T[] {
  const wanted = key(row);
  const at = rows.findIndex((held) => key(held) === wanted);
  return at < 0 ? [...rows, row] : rows.with(at, row);
}

/** Newest first by an ISO 8601 UTC time; rows without a time last. */
export function newestFirst<T>(rows: readonly T[], time: (row: T) => string | null): T[] {
  return rows.toSorted((a, b) => (time(b) ?? '').localeCompare(time(a) ?? ''));
}
