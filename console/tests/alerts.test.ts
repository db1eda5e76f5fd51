import { describe, expect, it } from 'vitest';
import { acknowledgementTarget, apartForS, needsAcknowledgement, neighbour, sortAlerts, sounds, timeToCpaS } from '../src/lib/alerts';
import type { AlertRow } from '../src/lib/types';

const SKY = Date.parse('2015-10-21T09:30:00Z');
const at = (seconds: number) => new Date(SKY + seconds * 1000).toISOString();
const ref = (party: string, sequence: number) => ({ origin: `skyaccord.journal/${party}/00`, sequence, leaf: '00' });

function row(event: string, cpaInS: number, more: Partial<AlertRow> = {}): AlertRow {
  return {
    event,
    tier: 'warning',
    state: 'active',
    inside: false,
    apart_since: null,
    cpa_time: at(cpaInS),
    time_to_cpa_s: cpaInS,
    asked: { A: 'duty-officer', B: 'duty-officer' },
    acknowledged_by: [],
    overdue: [],
    alerts: [],
    ...more,
  } as AlertRow;
}

describe('alerts', () => {
  it('are sorted by time to CPA; cleared ones are left out', () => {
    const rows = [row('c', 90), row('gone', 5, { state: 'cleared' }), row('past', -10), row('a', 20)];
    expect(sortAlerts(rows, SKY).map((one) => one.event)).toEqual(['past', 'a', 'c']);
  });

  it('with one time are sorted by tier, then by name, whatever order they came in', () => {
    const rows = [row('b', 20, { tier: 'caution' }), row('z', 20), row('a', 20)];
    const sorted = sortAlerts(rows, SKY).map((one) => one.event);
    expect(sorted).toEqual(['a', 'z', 'b']);
    expect(sortAlerts(rows.toReversed(), SKY).map((one) => one.event)).toEqual(sorted);
  });

  it('that are inside without a time to CPA come before those that are ahead', () => {
    const inside = row('inside', 0, { cpa_time: null, time_to_cpa_s: null, inside: true });
    const unknown = row('unknown', 0, { cpa_time: null, time_to_cpa_s: null });
    expect(sortAlerts([unknown, row('ahead', 20), inside], SKY).map((one) => one.event)).toEqual(['inside', 'ahead', 'unknown']);
  });

  it('count down on sky time', () => {
    expect(timeToCpaS(row('a', 60), SKY + 10_000)).toBe(50);
    expect(timeToCpaS(row('a', 60), null)).toBe(60);
  });

  it('of a pair that is apart say for how long, and come after what is coming', () => {
    const apart = row('a', 240, { apart_since: at(-5) });
    expect(apartForS(apart, SKY)).toBe(5);
    expect(timeToCpaS(apart, SKY)).toBe(-5);
    expect(apartForS({ ...apart, inside: true }, SKY)).toBeNull();
    expect(apartForS(row('b', 60), SKY)).toBeNull();
    expect(sortAlerts([apart, row('b', 60)], SKY).map((one) => one.event)).toEqual(['b', 'a']);
  });

  it('wait for this party until it has acknowledged, whatever the other side did', () => {
    expect(needsAcknowledgement(row('a', 60), 'A')).toBe(true);
    expect(needsAcknowledgement(row('a', 60, { acknowledged_by: ['B'] }), 'A')).toBe(true);
    expect(needsAcknowledgement(row('a', 60, { acknowledged_by: ['A'] }), 'A')).toBe(false);
    expect(needsAcknowledgement(row('a', 60, { state: 'cleared' }), 'A')).toBe(false);
    expect(needsAcknowledgement(row('a', 60, { tier: 'advisory', asked: {} }), 'A')).toBe(false);
    expect(needsAcknowledgement(row('a', 60, { tier: 'advisory' }), 'A')).toBe(true);
    expect(needsAcknowledgement(row('a', 60, { asked: {} }), 'A')).toBe(true);
  });

  it('sound while a warning waits, or anything is overdue', () => {
    expect(sounds(row('a', 60), 'A')).toBe(true);
    expect(sounds(row('a', 60, { tier: 'caution' }), 'A')).toBe(false);
    expect(sounds(row('a', 60, { tier: 'caution', overdue: ['A'] }), 'A')).toBe(true);
    expect(sounds(row('a', 60, { overdue: ['B'], acknowledged_by: ['A'] }), 'A')).toBe(false);
  });

  it("are answered at the other side's newest alert, else at one's own", () => {
    const one = (party: string, sequence: number, recorded: number) => ({
      ref: ref(party, sequence),
      party,
      tier: 'warning' as const,
      state: 'active',
      raised_at: at(0),
      recorded_at: at(recorded),
    });
    const both = row('a', 60, { alerts: [one('A', 9, 5), one('B', 3, 1), one('B', 4, 2)] });
    expect(acknowledgementTarget(both, 'A')).toEqual(ref('B', 4));
    expect(acknowledgementTarget(row('a', 60, { alerts: [one('A', 9, 5)] }), 'A')).toEqual(ref('A', 9));
    expect(acknowledgementTarget(row('a', 60), 'A')).toBeNull();
  });

  it('are walked through by keys without leaving the list', () => {
    const rows = [row('a', 1), row('b', 2)];
    expect(neighbour(rows, null, 1)).toBe('a');
    expect(neighbour(rows, 'a', 1)).toBe('b');
    expect(neighbour(rows, 'b', 1)).toBe('b');
    expect(neighbour(rows, 'a', -1)).toBe('a');
    expect(neighbour(rows, 'gone', -1)).toBe('a');
    expect(neighbour([], 'a', 1)).toBeNull();
  });
});
