import { describe, expect, it } from 'vitest';
import { addressesOf, instantOf, missed } from '../src/lib/incidents';
import type { Due, IncidentRow } from '../src/lib/types';

const WALL = Date.parse('2026-11-22T12:00:00Z');
const at = (seconds: number) => new Date(WALL + seconds * 1000).toISOString();
const due = (party: string, seconds: number, more: Partial<Due> = {}): Due => ({ what: 'account', party, at: at(seconds), met_at: null, state: 'waiting', ...more });
const row = (incident: string, dues: Due[], state = 'open') => ({ incident, dues, state, sky_time: at(0) }) as IncidentRow;

describe('what is missed of incidents', () => {
  it('is what is late by the wall clock with nothing come, whatever the node said last', () => {
    const rows = [row('x', [due('A', -1), due('B', 1), due('B', -5, { met_at: at(-1), state: 'met late' })])];
    expect(missed(rows, 'A', WALL).map((one) => [one.party, one.whats, one.ours])).toEqual([['A', ['account'], true]]);
    expect(missed(rows, 'A', WALL - 2000)).toEqual([]);
    expect(missed(rows, 'A', WALL + 2000).map((one) => one.party)).toEqual(['A', 'B']);
  });

  it('has our own side first, then the oldest; a party of one incident stands once', () => {
    const rows = [row('new', [due('B', -10)]), row('old', [due('B', -90), due('B', -80, { what: 'report' })]), row('ours', [due('A', -1)])];
    expect(missed(rows, 'A', WALL).map((one) => [one.row.incident, one.whats.length, one.at])).toEqual([
      ['ours', 1, at(-1)],
      ['old', 2, at(-90)],
      ['new', 1, at(-10)],
    ]);
  });

  it('is nothing of a record that both sides have closed', () => {
    expect(missed([row('x', [due('A', -1)], 'closed')], 'A', WALL)).toEqual([]);
    expect(missed([row('x', [due('A', -1)], 'closing')], 'A', WALL)).toHaveLength(1);
  });
});

describe('what is typed in', () => {
  it('is a time with its zone, and a day that there is', () => {
    expect(instantOf(' 2015-10-20T09:00Z')).toBe('2015-10-20T09:00:00.000Z');
    expect(instantOf('2015-10-20T09:00:07.5Z')).toBe('2015-10-20T09:00:07.500Z');
    for (const wrong of ['', '2015-10-20T09:00:00', '2015-10-20', '11:45 EST', '2015-02-30T09:00:00Z', '2015-10-20T24:01:00Z', '2015-10-20T09:00:00+03:00']) {
      expect(instantOf(wrong), wrong).toBeNull();
    }
  });

  it('is two addresses at most, in order, each once', () => {
    expect(addressesOf('')).toEqual([]);
    expect(addressesOf('B00001, a00001 a00001')).toEqual(['a00001', 'b00001']);
    for (const wrong of ['a1', 'ALFA01', 'a00001 b00001 c00001']) expect(addressesOf(wrong), wrong).toBeNull();
  });
});
