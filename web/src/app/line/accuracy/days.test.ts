import { expect, it } from 'vitest';
import { everyDay, shifted, summed, type Day } from './days';

const day = (day: string, more: Partial<Day> = {}): Day =>
  ({ day, called: 10, quoted: 10, waited_seconds: 600, within_ten_minutes: 1, ...more }) as Day;

it.each([
  ['2026-03-01', -1, '2026-02-28'],
  ['2026-12-31', 1, '2027-01-01'],
  ['2026-11-22', -27, '2026-10-26'],
])('%s and %i days', (from, by, to) => {
  expect(shifted(from, by)).toBe(to);
});

it('leaves no day out', () => {
  const days = everyDay([day('2026-03-03')], '2026-03-01', '2026-03-04');
  expect(days.map(({ day, of }) => `${day} ${of?.called ?? '-'}`)).toEqual([
    '2026-03-01 -', '2026-03-02 -', '2026-03-03 10', '2026-03-04 -',
  ]);
});

it('weighs days by their people', () => {
  const sum = summed([
    day('2026-03-01', { called: 30, quoted: 30, within_ten_minutes: 0.5, waited_seconds: 300 }),
    day('2026-03-02'),
    day('2026-03-03', { called: 0, quoted: 0, within_ten_minutes: null, waited_seconds: 0 }),
  ]);
  expect(sum).toEqual({ called: 40, right: 0.625, waited: 375 });
  expect(summed([])).toEqual({ called: 0, right: undefined, waited: undefined });
});
