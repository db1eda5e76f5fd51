import { describe, expect, it } from 'vitest';
import { faultValues, parsePosition, phraseText, positionText, unread, valueOf, type Book } from '../src/lib/hotline';
import type { MessageRow } from '../src/lib/types';

const BOOK: Book = { accord: null, phrases: [], plan: 3, frequencies: [{ name: 'guard-vhf', mhz: 121.5, use: '' }], places: [] };
const typed = (text: string, more = {}) => ({ text, place: '', height: '', reference: 'pressure', wording: '', despite: false, ...more });

describe('a position', () => {
  it('is decimal degrees, or degrees and minutes with their sides', () => {
    expect(parsePosition('35.2833,-40.0833')).toEqual({ latitude: 35.2833, longitude: -40.0833 });
    expect(parsePosition('35 30.000N, 040 15.000W')).toEqual({ latitude: 35.5, longitude: -40.25 });
    expect(positionText({ latitude: 35.5, longitude: -40.25 })).toBe('35.50000,-40.25000');
  });

  it.each(['35.2', '95,10', '35,181', '35 60.0N,40 0.0E', '35 10.0E,40 0.0N', 'north', ''])('is not %s', (text) => {
    expect(parsePosition(text)).toBeNull();
  });

  it('has a height only with its reference', () => {
    const value = valueOf({ name: 'p', kind: 'position' }, typed('35,40', { height: '25000', reference: 'mean-sea-level' }), BOOK);
    expect(value?.position).toEqual({ latitude: 35, longitude: 40, altitude_ft: 25000, altitude_reference: 'mean-sea-level' });
    expect(valueOf({ name: 'p', kind: 'position' }, typed('35,40', { height: 'high' }), BOOK)).toBeNull();
    expect(valueOf({ name: 'p', kind: 'position' }, typed('35,40', { height: '25000', reference: '' }), BOOK)).toBeNull();
  });
});

describe('a fault', () => {
  it('has names that keep their direction, and numbers as they are', () => {
    const found = faultValues({ code: 'place', values: { param: 'place', distance_nm: 2.8 }, text: '' });
    expect(found).toEqual({ param: '\u2068place\u2069', distance_nm: 2.8 });
    expect(faultValues({ code: 'node', text: 'an older node' })).toEqual({});
  });
});

describe('a level', () => {
  const level = (text: string, reference = '') => valueOf({ name: 'level', kind: 'level' }, typed(text, { reference }), BOOK);

  it('is not taken without its reference', () => {
    expect(level('25000')).toBeNull();
    expect(level('high', 'pressure')).toBeNull();
    expect(level('25000', 'mean-sea-level')).toMatchObject({ number: 25000, reference: 'mean-sea-level' });
    expect(level('FL250')).toMatchObject({ number: 25000, reference: 'pressure' });
  });
});

describe('a time', () => {
  it('without a zone is not taken; how it was said is kept', () => {
    expect(valueOf({ name: 't', kind: 'time' }, typed('2016-07-17T11:45:00'), BOOK)).toBeNull();
    const value = valueOf({ name: 't', kind: 'time' }, typed('2016-07-17T15:45:00Z', { wording: '11:45 am Eastern Standard Time' }), BOOK);
    expect(value).toMatchObject({ time: '2016-07-17T15:45:00.000Z', wording: '11:45 am Eastern Standard Time' });
  });
});

describe('a frequency', () => {
  it('is of the plan in force, whose version goes with it', () => {
    expect(valueOf({ name: 'f', kind: 'frequency' }, typed('guard-vhf'), BOOK)).toMatchObject({ mhz: 121.5, plan: 3 });
    expect(valueOf({ name: 'f', kind: 'frequency' }, typed('123.45'), BOOK)).toBeNull();
  });
});

describe('a message', () => {
  const course = { party: 'A', state: 'delivered', role: null, passed: [], delivered_at: null, read_at: null, acknowledged_at: null, acknowledged_role: null };

  it('reads in the reader’s language, else in English, else as its code', () => {
    const row = { code: 'STOPPING', said: { en: 'We stop', ar: 'نتوقف' }, text: '', language: 'en' };
    expect([phraseText(row, 'ar'), phraseText(row, 'ru'), phraseText({ ...row, said: {} }, 'ru')]).toEqual(['نتوقف', 'We stop', 'STOPPING']);
  });

  it('is marked read once, and never by who wrote it', () => {
    const row = (more: object, from = 'B') => ({ from, courses: [{ ...course, ...more }] }) as unknown as MessageRow;
    expect(unread(row({}), 'A')).toBe(true);
    expect(unread(row({ read_at: '2026-11-22T12:00:00Z' }), 'A')).toBe(false);
    expect(unread(row({ acknowledged_at: '2026-11-22T12:00:00Z' }), 'A')).toBe(false);
    expect(unread(row({}, 'A'), 'A')).toBe(false);
  });
});
