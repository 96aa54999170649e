import { expect, it } from 'vitest';
import { firstWeekday, moved, plusDays, plusMonths, weekdayOf, weeksOf } from './days';

it('counts days and months', () => {
  expect(plusDays('2026-02-28', 1)).toBe('2026-03-01');
  expect(plusDays('2026-01-01', -1)).toBe('2025-12-31');
  expect(plusMonths('2026-11', 2)).toBe('2027-01');
  expect(weekdayOf('2026-03-02')).toBe(0);
  expect(weekdayOf('2026-03-08')).toBe(6);
});

it('lays out a month from the weekday that the reader begins with', () => {
  const monday = weeksOf('2026-03', 0);
  expect(monday).toHaveLength(6);
  expect(monday[0]).toEqual([undefined, undefined, undefined, undefined, undefined, undefined, '2026-03-01']);
  expect(weeksOf('2026-03', 6)[0]?.[0]).toBe('2026-03-01');
  expect(weeksOf('2027-02', 0)).toHaveLength(4);
  expect(firstWeekday('nonsense tag')).toBe(0);
});

it.each([
  ['ArrowRight', false, '2026-04-01'],
  ['ArrowRight', true, '2026-03-30'],
  ['ArrowLeft', false, '2026-03-30'],
  ['ArrowDown', false, '2026-04-07'],
  ['ArrowUp', true, '2026-03-24'],
  ['PageUp', false, '2026-02-28'],
  ['PageDown', false, '2026-04-30'],
  ['Home', false, '2026-03-01'],
  ['a', false, undefined],
])('%s leads on, from right to left: %s', (key, rtl, wanted) => expect(moved('2026-03-31', key, rtl)).toBe(wanted));
