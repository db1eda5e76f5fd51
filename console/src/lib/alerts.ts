// What an alert row asks of the person who looks at it. Pure, so that it can be tested without a page.

import type { AlertRow, EntryRef, Tier } from './types';

const SEVERITY: Record<Tier, number> = { advisory: 0, caution: 1, warning: 2 };

/** Seconds of sky time to the closest point of approach, negative once past; null when it is not known. */
export function timeToCpaS(row: AlertRow, skyMs: number | null): number | null {
  const apart = apartForS(row, skyMs);
  if (apart !== null) return -apart;
  if (row.cpa_time === null || skyMs === null) return row.time_to_cpa_s;
  return (Date.parse(row.cpa_time) - skyMs) / 1000;
}

/** Seconds since the limits were left, while nothing is predicted any more; null for every other alert. */
export function apartForS(row: AlertRow, skyMs: number | null): number | null {
  if (row.apart_since === null || row.inside) return null;
  return Math.max(0, ((skyMs ?? Date.parse(row.sky_time)) - Date.parse(row.apart_since)) / 1000);
}

/** Active alerts, nearest CPA first; then the higher tier, then the event's name, so that the order never flickers. */
export function sortAlerts(rows: readonly AlertRow[], skyMs: number | null): AlertRow[] {
  const urgency = (row: AlertRow): number => {
    if (apartForS(row, skyMs) !== null) return Number.POSITIVE_INFINITY; // what is over comes after what is coming
    const time = timeToCpaS(row, skyMs);
    // Without a time, a present infringement is not less urgent than a predicted one.
    return time ?? (row.inside ? 0 : Number.POSITIVE_INFINITY);
  };
  return rows
    .filter((row) => row.state === 'active')
    .map((row) => ({ row, time: urgency(row) }))
    .sort(
      (a, b) =>
        (a.time === b.time ? 0 : a.time - b.time) ||
        SEVERITY[b.row.tier] - SEVERITY[a.row.tier] ||
        a.row.event.localeCompare(b.row.event),
    )
    .map(({ row }) => row);
}

export const acknowledgedBy = (row: AlertRow, party: string): boolean => row.acknowledged_by.includes(party);

/** Whether this party still has to say that it has read the alert and acts on it. An advisory asks only if it says so. */
export function needsAcknowledgement(row: AlertRow, party: string): boolean {
  if (row.state !== 'active' || acknowledgedBy(row, party)) return false;
  return row.tier !== 'advisory' || party in row.asked;
}

/** Whether this alert sounds: somebody here must act and has not said so. */
export const sounds = (row: AlertRow, party: string): boolean =>
  needsAcknowledgement(row, party) && (row.tier === 'warning' || row.overdue.includes(party));

/**
 * What an acknowledgement points at: the newest alert of the other party, so that the other side is answered, else
 * one's own.
 */
export function acknowledgementTarget(row: AlertRow, party: string): EntryRef | null {
  const newestFirst = row.alerts.toSorted((a, b) => b.recorded_at.localeCompare(a.recorded_at));
  const theirs = newestFirst.find((alert) => alert.party !== party);
  return (theirs ?? newestFirst[0])?.ref ?? null;
}

/** The row to go to from `selected` by `step` (+1 down, -1 up), staying inside the list. */
export function neighbour(rows: readonly AlertRow[], selected: string | null, step: 1 | -1): string | null {
  if (rows.length === 0) return null;
  const at = rows.findIndex((row) => row.event === selected);
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
  return rows[next]!.event;
}
