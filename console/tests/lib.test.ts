import { describe, expect, it } from 'vitest';
import { banners, sighted, type Seen } from '../src/lib/blindness';
import { clock, countdown, ft, grouped, latitude, level, longitude, nm, shortDigest } from '../src/lib/format';
import { commandOf } from '../src/lib/keys';
import { merged, newestFirst } from '../src/lib/rows';
import type { Status } from '../src/lib/types';
import { viewFrom, withParams } from '../src/lib/url';

function seen(more: { feed?: string; link?: string; trouble?: string } & Partial<Seen> = {}): Seen {
  const { feed = 'live', link = 'up', trouble = null, ...rest } = more;
  const status = {
    feed: { state: feed, age_s: 12 },
    peers: [{ party: 'B', link, outbox: 3, reason: 'unknown card' }],
    trouble,
  } as unknown as Status;
  return { connection: 'live', expired: false, lostForMs: 0, status, pictureAgeMs: 300, ...rest };
}
const kinds = (what: Seen) => banners(what).map((banner) => banner.kind);

describe('a blind console', () => {
  it('is calm only when everything is there', () => {
    expect(kinds(seen())).toEqual([]);
    expect(sighted(seen())).toBe(true);
  });

  it.each([
    [seen({ feed: 'stale' }), 'stale'],
    [seen({ feed: 'none' }), 'no-feed'],
    [seen({ feed: 'ended' }), 'feed-ended'],
    [seen({ pictureAgeMs: 5000 }), 'stale'],
    [seen({ connection: 'lost', lostForMs: 10 }), 'disconnected'],
    [seen({ connection: 'connecting', lostForMs: 12_000, status: null }), 'disconnected'],
    [seen({ connection: 'connecting', lostForMs: 9000, status: null }), 'connecting'],
    [seen({ pictureAgeMs: null }), 'no-picture'],
    [seen({ connection: 'lost', expired: true }), 'expired'],
    [seen({ expired: true }), 'expired'],
  ])('says so and never looks calm (%#)', (what, kind) => {
    expect(kinds(what)).toContain(kind);
    expect(sighted(what)).toBe(false);
  });

  it('is not called blind for a link: the node goes on alone, but the banner is there', () => {
    expect(kinds(seen({ link: 'down' }))).toEqual(['link-down']);
    expect(kinds(seen({ link: 'refused', trouble: 'node.toml' }))).toEqual(['trouble', 'link-refused']);
    expect(sighted(seen({ link: 'down' }))).toBe(true);
  });

  it('that never heard its node does not say that it hears it no longer', () => {
    const first = banners(seen({ connection: 'connecting', lostForMs: 12_000, status: null }))[0];
    expect(first).toEqual({ kind: 'disconnected', seconds: 12, ever: false });
    expect(banners(seen({ connection: 'lost', lostForMs: 2000 }))[0]).toMatchObject({ ever: true });
  });

  it('gives the node a moment to answer at first, and says that there is no picture yet', () => {
    const starting = seen({ connection: 'connecting', lostForMs: 500, status: null, pictureAgeMs: null });
    expect(kinds(starting)).toEqual(['connecting']);
    expect(sighted(starting)).toBe(false);
  });
});

describe('numbers', () => {
  it('are written as the field reads them', () => {
    expect([nm(1.236), nm(21.64), nm(null)]).toEqual(['1.24 NM', '21.6 NM', '–']);
    expect([ft(12345.4), ft(-250), ft(null)]).toEqual(['12,345 ft', '-250 ft', '–']);
    expect(grouped(1234567)).toBe('1,234,567');
    expect([level(24000), level(17999), level(450), level(null)]).toEqual(['FL240', '18,000 ft', '500 ft', '–']);
    expect([countdown(65), countdown(-5), countdown(3700), countdown(0.2), countdown(null)]).toEqual([
      '1:05',
      '-0:05',
      '1:01:40',
      '0:00',
      '–',
    ]);
    expect(clock('2015-10-21T09:30:07.9Z')).toBe('09:30:07');
    expect(shortDigest('sha256:1f0c2a9bffff')).toBe('1f0c 2a9b');
    expect([latitude(-3.5), longitude(181.25)]).toEqual(['03.500°S', '178.750°W']);
  });
});

describe('rows', () => {
  const key = (row: { id: string }) => row.id;

  it('replace the row of the same thing, and leave the old list as it was', () => {
    const rows = [{ id: 'a', n: 1 }, { id: 'b', n: 1 }];
    const fresh = [{ id: 'a', n: 2 }, { id: 'c', n: 1 }, { id: 'a', n: 3 }];
    expect(merged(rows, fresh, key)).toEqual([{ id: 'a', n: 3 }, { id: 'b', n: 1 }, { id: 'c', n: 1 }]);
    expect(rows).toEqual([{ id: 'a', n: 1 }, { id: 'b', n: 1 }]);
  });

  it('go when the node takes them back', () => {
    const rows: { id: string; withdrawn?: boolean }[] = [{ id: 'a' }, { id: 'b' }];
    expect(merged(rows, [{ id: 'a', withdrawn: true }], key)).toEqual([{ id: 'b' }]);
  });

  it('go newest first, those without a time last', () => {
    const rows = [{ at: null }, { at: '2015-10-21T09:30:00Z' }, { at: '2015-10-21T09:31:00Z' }];
    expect(newestFirst(rows, (row) => row.at).map((row) => row.at?.slice(14, 16))).toEqual(['31', '30', undefined]);
  });
});

describe('deep links', () => {
  it('give a view, or none for nonsense', () => {
    expect(viewFrom('?lat=36.8&lon=-121.9&zoom=9')).toEqual({ latitude: 36.8, longitude: -121.9, zoom: 9 });
    expect(viewFrom('?lat=36.8&lon=-121.9')?.zoom).toBe(8);
    for (const nonsense of ['', '?lat=x&lon=1', '?lat=91&lon=1', '?lat=1', '?lat=1&lon=1&zoom=99']) {
      expect(viewFrom(nonsense), nonsense).toBeNull();
    }
  });

  it('change one parameter and keep the others', () => {
    expect(withParams('?lang=ar&zoom=9', { select: 'e/1', zoom: null })).toBe('?lang=ar&select=e%2F1');
    expect(withParams('?select=a', { select: null })).toBe('');
  });
});

describe('keys', () => {
  const press = (code: string, more: object = {}) =>
    commandOf({ code, key: '', ctrlKey: false, metaKey: false, altKey: false, repeat: false, target: null, ...more });
  const inside = (selector: string) => ({ target: { closest: (list: string) => (list.includes(selector) ? {} : null) } });

  it('work by place, on any layout', () => {
    expect(press('KeyA', { key: 'ф' })).toBe('acknowledge');
    expect([press('KeyJ'), press('ArrowUp'), press('KeyQ')]).toEqual(['next', 'previous', null]);
    expect(press('Slash', { key: '؟' })).toBe('help');
  });

  it('leave typing alone, and arrows to the map', () => {
    expect(press('KeyA', inside('textarea'))).toBeNull();
    expect(press('ArrowDown', inside('.maplibregl-map'))).toBeNull();
    expect(press('KeyA', inside('.maplibregl-map'))).toBe('acknowledge');
    expect(press('KeyA', { ctrlKey: true })).toBeNull();
  });

  it('held down acknowledge once', () => {
    expect(press('KeyA', { repeat: true })).toBeNull();
    expect(press('KeyJ', { repeat: true })).toBe('next');
  });
});
