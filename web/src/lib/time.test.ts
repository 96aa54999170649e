import { expect, it } from 'vitest';
import { ahead, clock, midnight, minutesOf, shopTime } from './time';

it.each([
  // The shop's day is not the device's day.
  ['2026-11-21T02:30:00Z', 'America/New_York', { year: 2026, month: 11, day: 20, weekday: 5, minutes: 21 * 60 + 30 }],
  ['2026-11-21T14:30:00Z', 'Pacific/Guam', { year: 2026, month: 11, day: 22, weekday: 7, minutes: 30 }],
  // Midnight is 0, never 24.
  ['2026-11-21T00:00:00Z', 'UTC', { year: 2026, month: 11, day: 21, weekday: 6, minutes: 0 }],
  // The hour that clocks show twice.
  ['2026-10-25T00:30:00Z', 'Europe/Berlin', { year: 2026, month: 10, day: 25, weekday: 7, minutes: 150 }],
  ['2026-10-25T01:30:00Z', 'Europe/Berlin', { year: 2026, month: 10, day: 25, weekday: 7, minutes: 150 }],
  // Half-hour zones.
  ['2026-03-01T00:00:00Z', 'Asia/Kolkata', { year: 2026, month: 3, day: 1, weekday: 7, minutes: 330 }],
])('%s in %s', (moment, zone, expected) => {
  expect(shopTime(new Date(moment), zone)).toEqual(expected);
});

it.each([
  ['2026-06-01', 'UTC', 0, '2026-06-01T00:00:00Z'],
  ['2026-06-01', 'America/New_York', 0, '2026-06-01T04:00:00Z'],
  ['2026-06-30', 'Asia/Kolkata', 1, '2026-06-30T18:30:00Z'],
  ['2026-12-31', 'Pacific/Guam', 1, '2026-12-31T14:00:00Z'],
  // The days on which clocks change, at their beginning and at their end.
  ['2026-03-29', 'Europe/Berlin', 0, '2026-03-28T23:00:00Z'],
  ['2026-03-29', 'Europe/Berlin', 1, '2026-03-29T22:00:00Z'],
  ['2026-10-25', 'Europe/Berlin', 0, '2026-10-24T22:00:00Z'],
  ['2026-10-25', 'Europe/Berlin', 1, '2026-10-25T23:00:00Z'],
])('%s begins in %s (+%i)', (day, zone, later, expected) => {
  expect(midnight(day, zone, later)).toEqual(new Date(expected));
});

it('reads and writes times of day', () => {
  expect(minutesOf('09:30')).toBe(570);
  expect(clock(570, 'en-GB')).toBe('9:30');
  expect(clock(13 * 60, 'de')).toBe('13:00');
});

it('tells how far the shop is ahead of the device', () => {
  const moment = new Date('2026-06-01T12:00:00Z');
  const own = ahead(moment, Intl.DateTimeFormat().resolvedOptions().timeZone);
  expect(own).toBe(0);
  expect(ahead(moment, 'Asia/Kolkata') - ahead(moment, 'UTC')).toBe(330);
});
