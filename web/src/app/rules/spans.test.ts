import { expect, it } from 'vitest';
import { minutesOf, starts, told } from './spans';

it.each([
  [0, 0, 'hours'],
  [45, 45, 'minutes'],
  [120, 2, 'hours'],
  [1440, 24, 'hours'],
  [2880, 2, 'days'],
  [1500, 25, 'hours'],
  [1501, 1501, 'minutes'],
] as const)('%i minutes are %i %s', (minutes, count, unit) => {
  expect(told(minutes)).toEqual({ count, unit });
  expect(minutesOf(count, unit)).toBe(minutes);
});

it('keeps to what can be kept', () => {
  expect(minutesOf(10_000, 'days')).toBe(527_040);
  expect(minutesOf(-1, 'days')).toBeUndefined();
  expect(minutesOf(Number.NaN, 'days')).toBeUndefined();
});

it('shows where visits begin beside one that is booked', () => {
  expect(starts('clock', 60)).toEqual([120, 180]);
  expect(starts('clock', 30)).toEqual([90, 120, 150, 180]);
  expect(starts('packed', 60)).toEqual([75, 135, 195]);
  expect(starts('packed', 30, { from: 60, to: 105 })).toEqual([0, 105, 135, 165, 195]);
});
