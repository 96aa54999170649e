import { describe, expect, it } from 'vitest';
import { movedTo, shownOf, stillNews, type Visits } from './known';
import type { Visit } from './visits';

const visit = (id: string, version: number, some: Partial<Visit> = {}): Visit =>
  ({
    id,
    version,
    location: 'loc_1',
    status: 'confirmed',
    starts_at: '2026-11-22T10:00:00Z',
    ends_at: '2026-11-22T11:00:00Z',
    lines: [{ starts_at: '2026-11-22T10:00:00Z', ends_at: '2026-11-22T11:00:00Z', staff: 'stf_a', room: 'rom_a' }],
    ...some,
  }) as Visit;
const map = (...all: Visit[]): Visits => new Map(all.map((each) => [each.id, each]));
const here = { location: 'loc_1', date: '2026-11-22', zone: 'UTC' };
const told = (all: Visit[]) => all.map(({ id, version }) => `${id}${version}`).join(' ');

describe('what is shown', () => {
  it.each<[string, Visits, Visits, Visits, string]>([
    ['what the line tells', map(visit('a', 1)), map(), map(), 'a1'],
    ['an answer that is newer', map(visit('a', 1)), map(visit('a', 2)), map(), 'a2'],
    ['never an older answer', map(visit('a', 3)), map(visit('a', 2)), map(), 'a3'],
    ['what was booked just now', map(), map(visit('b', 1)), map(), 'b1'],
    ['a hope over everything', map(visit('a', 3)), map(), map(visit('a', 3, { status: 'checked_in' })), 'a3'],
    ['not what has gone to another day', map(visit('a', 1)), map(visit('a', 2, { starts_at: '2026-11-23T10:00:00Z', ends_at: '2026-11-23T11:00:00Z' })), map(), ''],
    ['not what has gone elsewhere', map(visit('a', 1)), map(visit('a', 2, { location: 'loc_2' })), map(), ''],
    ['what ends after midnight', map(visit('a', 1, { starts_at: '2026-11-21T23:30:00Z', ends_at: '2026-11-22T00:30:00Z' })), map(), map(), 'a1'],
    ['not what ends at midnight', map(visit('a', 1, { starts_at: '2026-11-21T23:30:00Z', ends_at: '2026-11-22T00:00:00Z' })), map(), map(), ''],
  ])('%s', (_, line, answered, hoped, wanted) => expect(told(shownOf(line, answered, hoped, here))).toBe(wanted));
});

describe('news', () => {
  it.each<[string, Visits, Visits, string]>([
    ['stays until the line tells it', map(), map(), 'a2'],
    ['is none once it does', map(visit('a', 1)), map(visit('a', 2)), ''],
    ['stays over what is older', map(visit('a', 1)), map(visit('a', 1)), 'a2'],
    ['is none of what went elsewhere', map(visit('a', 1)), map(), ''],
  ])('%s', (_, before, now, wanted) => {
    expect(told([...stillNews(map(visit('a', 2)), before, now).values()])).toBe(wanted);
  });
});

describe('a visit that moves', () => {
  it('goes as a whole, to other hands', () => {
    const moved = movedTo(visit('a', 1), new Date('2026-11-22T12:30:00Z'), { from: 'stf_a', to: 'stf_b', name: 'Eve', kind: 'staff' });
    expect(moved.ends_at).toBe('2026-11-22T13:30:00.000Z');
    expect(moved.lines[0]).toMatchObject({ staff: 'stf_b', staff_name: 'Eve', room: 'rom_a', starts_at: '2026-11-22T12:30:00.000Z' });
  });
});
