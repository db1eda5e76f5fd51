// Lists of rows as the node tells them: each row is the whole thing, a newer row replaces the older one of its key.

import type { AlertRow, CrossingRow, EntryRef, IncidentRow, MessageRow, SightingRow, Withdrawable } from './types';

export const refKey = (ref: EntryRef): string => `${ref.origin}#${ref.sequence}`;

export const alertKey = (row: AlertRow): string => row.event;
export const incidentKey = (row: IncidentRow): string => row.incident;
export const messageKey = (row: MessageRow): string => refKey(row.ref);
export const crossingKey = (row: CrossingRow): string => refKey(row.ref);
export const sightingKey = (row: SightingRow): string => refKey(row.ref);

/**
 * `rows` with each of `fresh` in place of the row of the same key, or at the end; a row that the node takes back goes.
 * A new list; `rows` stays as it was.
 */
export function merged<T>(rows: readonly T[], fresh: readonly T[], key: (row: T) => string): T[] {
  const byKey = new Map(rows.map((row) => [key(row), row]));
  for (const row of fresh) {
    if ((row as Withdrawable).withdrawn) byKey.delete(key(row));
    else byKey.set(key(row), row);
  }
  return [...byKey.values()];
}

/** Newest first by an ISO 8601 UTC time; rows without a time last. */
export function newestFirst<T>(rows: readonly T[], time: (row: T) => string | null): T[] {
  return rows.toSorted((a, b) => (time(b) ?? '').localeCompare(time(a) ?? ''));
}
