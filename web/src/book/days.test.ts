import { describe, expect, it } from 'vitest';
import { between, byDay, byPart, later, type Slot } from './days';
import { dayAt, hoursOn, weekday } from './doors';

const slot = (local: string): Slot => ({ local, start: `${local}:00Z`, end: `${local}:00Z` });

it.each([
  ['2026-11-22T20:00:00Z', 'Pacific/Guam', '2026-11-23'],
  ['2026-11-22T03:00:00Z', 'America/New_York', '2026-11-21'],
  ['2026-11-22T20:00:00Z', 'Asia/Kolkata', '2026-11-23'],
])('%s in %s is %s', (moment, zone, expected) => {
  expect(dayAt(new Date(moment), zone)).toBe(expected);
});

it.each([
  ['2026-02-27', 2, '2026-03-01'],
  ['2026-12-31', 1, '2027-01-01'],
  // The day on which clocks change is a day like any other.
  ['2026-03-28', 1, '2026-03-29'],
  ['2026-03-29', 1, '2026-03-30'],
])('%s and %i days is %s', (day, days, expected) => {
  expect(later(day, days)).toBe(expected);
  expect(between(day, expected)).toBe(days);
});

it('counts the week from Monday', () => {
  expect(['2026-11-23', '2026-11-28', '2026-11-29'].map(weekday)).toEqual([1, 6, 7]);
});

describe('days', () => {
  const slots = ['2026-11-23T09:00', '2026-11-23T10:00', '2026-11-23T11:00', '2026-11-25T09:00'].map(slot);

  it('have their times, and how open they are next to the most open one', () => {
    const days = byDay(slots, '2026-11-23', 3);
    expect(days.map(({ date, open, slots }) => [date, open, slots.length])).toEqual([
      ['2026-11-23', 4, 3],
      ['2026-11-24', 0, 0],
      ['2026-11-25', 2, 1],
    ]);
  });

  it('are closed where the door is shut and nobody can come', () => {
    const tuesdays = (date: string) => weekday(date) === 2;
    const days = byDay(slots, '2026-11-23', 3, tuesdays);
    // On Monday and Wednesday somebody comes in on purpose.
    expect(days.map((day) => day.closed)).toEqual([false, false, false]);
    expect(byDay([], '2026-11-23', 2, tuesdays).map((day) => day.closed)).toEqual([true, false]);
  });
});

it.each([
  ['2026-11-23', ['09:00']],
  // That day is said to be otherwise, and this one to be shut.
  ['2026-11-30', ['14:00']],
  ['2026-12-07', []],
  ['2026-11-24', []],
])('the door is open on %s from %o', (date, opens) => {
  const place = {
    hours: [{ weekday: 1, opens: '09:00', closes: '17:00' }],
    days: [
      { day: '2026-11-30', windows: [{ opens: '14:00', closes: '17:00' }] },
      { day: '2026-12-07', windows: [] },
    ],
  };
  expect(hoursOn(place, date).map((each) => each.opens)).toEqual(opens);
});

it('tells morning, afternoon and evening apart, and leaves out what there is none of', () => {
  const slots = ['2026-11-23T00:30', '2026-11-23T11:59', '2026-11-23T17:00', '2026-11-23T23:30'].map(slot);
  expect(byPart(slots).map(({ part, slots }) => [part, slots.length])).toEqual([
    ['morning', 2],
    ['evening', 2],
  ]);
});
