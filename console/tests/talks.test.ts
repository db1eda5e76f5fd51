import { describe, expect, it } from 'vitest';
import {
  canonical,
  delegates,
  digestOf,
  groups,
  nested,
  notCome,
  numbers,
  openRound,
  otherTexts,
  pieces,
  plainFields,
  plainTitle,
  theirText,
  titleOf,
  typed,
  typedDigits,
  valuesOf,
  wordsLeft,
  type Clause,
  type Subject,
} from '../src/lib/talks';

describe('the canonical text of a clause', () => {
  it('has its keys in order and numbers as they are', () => {
    const value = { vertical_ft: 3000, id: 'r', horizontal_nm: 0.5, classes: ['unmanned', '*'], combinator: 'either' };
    expect(canonical(value)).toBe(
      '{"classes":["unmanned","*"],"combinator":"either","horizontal_nm":0.5,"id":"r","vertical_ft":3000}',
    );
    expect(canonical(null)).toBe('null');
    expect(canonical('Прямая "линия"\n')).toBe('"Прямая \\"линия\\"\\n"');
  });

  it('has the digest that Python computes (tests/talks/test_paths.py)', async () => {
    const text = canonical({ id: 'r', horizontal_nm: 5, vertical_ft: 3000, combinator: 'either' });
    expect(await digestOf(text)).toBe('sha256:4e303c31e7065fd35668f757a5beaa9a4e28c795ef5ead532efb77fcc1633615');
  });
});

describe('a field typed by a person', () => {
  it('stays a number where it was one, and is left out when it is empty', () => {
    expect(typed('2.5', 3)).toBe(2.5);
    expect(typed('text', 'x')).toBe('text');
    expect(typed('5', 'x')).toBe('5');
    expect(typed('', 3)).toBeNull();
    expect(typed('true', false)).toBe(true);
  });

  it('is offered for what is plain, not for what is nested', () => {
    expect(plainFields({ a: 1, b: [1], c: 'x' })).toEqual([['a', 1], ['c', 'x']]);
    expect(plainFields('title')).toEqual([['', 'title']]);
  });
});

describe('the text of the other side', () => {
  const clause = (stands_for: Record<string, string | null>) => ({ stands_for }) as unknown as Clause;
  it('is what all others stand for', () => {
    expect(theirText(clause({ A: 'x', B: 'y' }), 'A')).toBe('y');
    expect(theirText(clause({ A: 'x', B: null }), 'A')).toBeNull();
    expect(theirText(clause({ A: 'x', B: 'y', C: 'z' }), 'A')).toBeNull();
  });
});

describe('a redline', () => {
  it('is cut into what went, what came and what stayed', () => {
    expect(pieces('keep [-3-]{+5+} NM')).toEqual([
      { mark: null, text: 'keep ' },
      { mark: 'del', text: '3' },
      { mark: 'ins', text: '5' },
      { mark: null, text: ' NM' },
    ]);
    expect(pieces('plain')).toEqual([{ mark: null, text: 'plain' }]);
  });
});

describe('what people type in talks', () => {
  it('a delegation is a person a line, the function after the first comma', () => {
    expect(delegates('V. Orlov, chair, envoy\n\n L. Petit ')).toEqual([
      { name: 'V. Orlov', function: 'chair, envoy' },
      { name: 'L. Petit', function: '' },
    ]);
  });

  it('values to try are numbers, each once', () => {
    expect(valuesOf('2, 3; 5')).toEqual([2, 3, 5]);
    expect(valuesOf('2, x')).toBeNull();
    expect(valuesOf('2 2')).toBeNull();
    expect(valuesOf('')).toEqual([]);
  });

  it('a digest is read in groups of four and typed with or without what stands between', () => {
    const digest = `sha256:75860eb8e46c${'0'.repeat(52)}`;
    expect(groups(digest)).toBe('7586 0eb8 e46c');
    expect(typedDigits(' 7586 0EB8-e46c')).toBe('75860eb8e46c');
  });

  it('a clause with lists or tables is edited as text, one with numbers can be tried', () => {
    expect(nested({ name: 'N', polygon: [[1, 2]] })).toBe(true);
    expect(nested({ id: 'r', horizontal_nm: 3 })).toBe(false);
    expect(numbers({ id: 'r', horizontal_nm: 3, combinator: 'either' })).toEqual(['horizontal_nm']);
  });

  it('words that stay beside a changed number are pointed at, as the node does', () => {
    const before = { id: 'r', horizontal_nm: '3', reading: 'Three miles.', reading_ru: 'Три мили.', text_ar: '' };
    expect(wordsLeft(before, { ...before, horizontal_nm: '5' })).toEqual(['reading', 'reading_ru']);
    expect(wordsLeft(before, { ...before, horizontal_nm: '5', reading: 'Five miles.' })).toEqual(['reading_ru']);
    expect(wordsLeft(before, { ...before, reading: 'Three sea miles.' })).toEqual([]);
    expect(wordsLeft(before, before)).toEqual([]);
  });

  it('what is planned for a time to come is not held, and an item is dealt with in a round that has begun', () => {
    const now = Date.parse('2015-10-14T12:00:00Z');
    const [past, later] = ['2015-10-14T11:00:00.000Z', '2015-10-21T12:00:00.000Z'];
    expect(notCome({ starts: later }, now)).toBe(true);
    expect(notCome({ starts: past }, now)).toBe(false);
    expect(notCome({ starts: null }, now)).toBe(false);
    const rounds = [
      { round: 1, state: 'closed', starts: past },
      { round: 2, state: 'planned', starts: past },
      { round: 3, state: 'planned', starts: later },
    ];
    expect(openRound(rounds, now)).toBe(2);
    expect(openRound([rounds[0]!, rounds[2]!], now)).toBeNull();
    expect(openRound([{ ...rounds[2]!, state: 'held' }], now)).toBe(3);
  });

  it('another text of the very same version is told before a party signs a second one', () => {
    const row = { name: 'north', version: 1, digest: 'sha256:aa', signed_by: ['A'] };
    const one = { name: 'north', version: 1, digest: 'sha256:bb' };
    expect(otherTexts([row], one)).toEqual([row]);
    expect(otherTexts([row], { ...one, digest: 'sha256:aa' })).toEqual([]);
    expect(otherTexts([row], { ...one, version: 2 })).toEqual([]);
    expect(otherTexts([row], { ...one, name: 'south' })).toEqual([]);
    expect(otherTexts([{ ...row, signed_by: [] }], one)).toEqual([]);
  });
});

describe('the title of an agenda item', () => {
  const subject: Subject = { what: 'approach', aircraft: ['ALFA01', 'b00001'], horizontal_nm: 9.96, time: '2015-10-20T09:00:41.5Z' };
  const russian = (what: string) => ({ approach: 'Сближение', incident: 'Инцидент' })[what] ?? what;

  it('is in the language of the reader, its names isolated', () => {
    const item = { title: plainTitle(subject), subject };
    expect(titleOf(item, russian)).toBe(
      'Сближение: \u2068ALFA01\u2069, \u2068b00001\u2069, \u206810.0\u00a0NM\u2069, \u20682015\u201110\u201120\u00a009:00Z\u2069',
    );
    expect(titleOf(item, russian, '، ')).toContain('\u2068ALFA01\u2069، \u2068b00001\u2069، ');
    const bare = { ...subject, what: 'incident' as const, aircraft: [], horizontal_nm: null };
    expect(titleOf({ title: '', subject: bare }, russian)).toBe('Инцидент: \u20682015\u201110\u201120\u00a009:00Z\u2069');
  });

  it('is what a person wrote, where somebody wrote it', () => {
    expect(titleOf({ title: 'The pass of Saturday', subject: null }, russian)).toBe('The pass of Saturday');
  });

  it('is on the record as the command writes it', () => {
    expect(plainTitle(subject)).toBe('Approach of ALFA01 and b00001, 10.0 NM, 2015-10-20 09:00 UTC');
    expect(plainTitle({ ...subject, what: 'encounter', aircraft: [], horizontal_nm: null })).toBe('Broken limits, 2015-10-20 09:00 UTC');
  });
});
