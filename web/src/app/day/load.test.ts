import { describe, expect, it } from 'vitest';
import { fullness, loadsOf } from './load';
import type { Visit } from './visits';

const visit = (starts: string, minutes: number, staff: string, status = 'confirmed'): Visit => {
  const ends_at = new Date(Date.parse(starts) + minutes * 60_000).toISOString();
  return { id: starts, status, starts_at: starts, ends_at, lines: [{ staff, starts_at: starts, ends_at }] } as Visit;
};

describe('loads', () => {
  const visits = [
    visit('2026-11-22T10:00:00Z', 60, 'a'),
    visit('2026-11-22T11:00:00Z', 30, 'b'),
    visit('2026-11-22T12:00:00Z', 30, 'b', 'cancelled'),
    // In Guam this is the next day.
    visit('2026-11-22T15:00:00Z', 90, 'a'),
  ];
  const shift = (_: string, date: string) => (date === '2026-11-22' ? [{ from: 540, to: 1140 }] : []);
  it.each([
    ['', 'Pacific/Guam', '2 90/1200, 1 90/0'],
    ['a', 'Pacific/Guam', '1 60/600, 1 90/0'],
    ['', 'UTC', '3 180/1200, 0 0/0'],
  ])('of "%s" in %s', (person, zone, wanted) => {
    const found = loadsOf(['2026-11-22', '2026-11-23'], zone, visits, person, shift, [{ id: 'a' }, { id: 'b' }]);
    expect(found.map(({ visits: all, booked, work }) => `${all.length} ${booked}/${work}`).join(', ')).toBe(wanted);
  });

  it.each([
    [60, 120, 50],
    [200, 120, 100],
    [0, 0, undefined],
  ])('%i of %i minutes are %s percent', (booked, work, percent) => expect(fullness({ booked, work })).toBe(percent));
});
