import { describe, expect, it } from 'vitest';
import {
  at,
  between,
  beyond,
  clockText,
  copied,
  emptyWeek,
  fieldText,
  hoursOf,
  idle,
  minutesOfDay,
  next,
  normalised,
  overlaps,
  pause,
  range,
  replaced,
  runs,
  sameWeek,
  total,
  weekOf,
  withCloses,
  withOpens,
  type Stretch,
  type Week,
} from './week';

const s = (opens: string, closes: string): Stretch => between(minutesOfDay(opens) ?? 0, minutesOfDay(closes) ?? 0);
const week = (days: Record<number, Stretch[]>): Week => emptyWeek().map((_, on) => days[on] ?? []);

it.each([
  ['09:30', 570],
  ['9:30', 570],
  ['24:00', 1440],
  ['24:01', undefined],
  ['12:60', undefined],
  ['', undefined],
])('%s is %s minutes', (text, minutes) => expect(minutesOfDay(text)).toBe(minutes));

it.each([
  [0, '00:00', '00:00'],
  [570, '09:30', '09:30'],
  [1440, '24:00', '00:00'],
  [1560, '02:00', '02:00'],
])('%i minutes are written %s, and %s in a field', (minutes, text, field) => {
  expect(clockText(minutes)).toBe(text);
  expect(fieldText(minutes)).toBe(field);
});

it.each([
  ['09:00', '17:00', 540, 1020],
  ['18:00', '02:00', 1080, 1560],
  ['13:00', '24:00', 780, 1440],
  ['13:00', '00:00', 780, 1440],
  ['00:00', '24:00', 0, 1440],
  ['10:00', '10:00', 600, 2040],
])('%s to %s', (opens, closes, from, to) => expect(s(opens, closes)).toEqual({ opens: from, closes: to }));

it('keeps the other end when one is typed, across midnight and back', () => {
  const evening = s('18:00', '23:00');
  expect(withCloses(evening, 120)).toEqual(s('18:00', '02:00'));
  expect(withCloses(withCloses(evening, 120), 1320)).toEqual(s('18:00', '22:00'));
  expect(withOpens(s('18:00', '02:00'), 60)).toEqual(s('01:00', '02:00'));
});

it('travels to the API and back', () => {
  const hours = [
    { weekday: 1, opens: '13:00', closes: '24:00' },
    { weekday: 1, opens: '08:00', closes: '12:00' },
    { weekday: 5, opens: '18:00', closes: '02:00' },
  ];
  expect(hoursOf(weekOf(hours))).toEqual([hours[1], hours[0], hours[2]]);
});

it('puts in order and together what touches, and leaves what overlaps', () => {
  expect(normalised([s('14:00', '18:00'), s('09:00', '12:00'), s('12:00', '13:00')])).toEqual([
    s('09:00', '13:00'),
    s('14:00', '18:00'),
  ]);
  expect(normalised([s('09:00', '12:00'), s('11:00', '13:00')])).toHaveLength(2);
});

describe('overlaps', () => {
  it.each<[string, Week, string[]]>([
    ['none where they touch', week({ 0: [s('09:00', '12:00'), s('12:00', '15:00')] }), []],
    ['within a day', week({ 0: [s('09:00', '12:00'), s('11:00', '15:00')] }), [at(0, 1)]],
    ['with the night before', week({ 4: [s('18:00', '02:00')], 5: [s('01:00', '05:00')] }), [at(5, 0)]],
    ['of Sunday’s night with Monday', week({ 0: [s('00:00', '05:00')], 6: [s('20:00', '01:00')] }), [at(6, 0)]],
    ['none a day later', week({ 4: [s('18:00', '02:00')], 5: [s('02:00', '05:00')] }), []],
  ])('%s', (_, given, found) => expect([...overlaps(given)]).toEqual(found));
});

it('finds breaks in which nobody works', () => {
  const work = week({ 0: [s('09:00', '12:00')], 4: [s('20:00', '03:00')] });
  const breaks = week({ 0: [s('11:30', '12:30'), s('13:00', '14:00')], 5: [s('01:00', '01:30')] });
  expect([...idle(breaks, work)]).toEqual([at(0, 1)]);
});

describe('beyond the door', () => {
  const door = week({ 0: [s('09:00', '12:00'), s('12:00', '18:00')], 5: [s('18:00', '24:00')], 6: [s('00:00', '02:00')] });
  it.each<[string, Week, number[]]>([
    ['within', week({ 0: [s('10:00', '17:00')] }), []],
    ['later', week({ 0: [s('10:00', '19:00')] }), [0]],
    ['on a day that is shut', week({ 1: [s('10:00', '11:00')] }), [1]],
    ['over midnight, with the next day’s hours', week({ 5: [s('19:00', '02:00')] }), []],
    ['over midnight, too long', week({ 5: [s('19:00', '03:00')] }), [5]],
  ])('%s', (_, work, found) => expect(beyond(work, door)).toEqual(found));
});

it('copies a day to others', () => {
  const given = week({ 0: [s('09:00', '12:00')], 1: [s('10:00', '11:00')] });
  const done = copied(given, 0, [1, 3]);
  expect(done.map((day) => day.length)).toEqual([1, 1, 0, 1, 0, 0, 0]);
  expect(done[1]).toEqual(given[0]);
  expect(done[1]?.[0]).not.toBe(given[0]?.[0]);
  expect(sameWeek(replaced(done, 3, []), copied(given, 0, [1]))).toBe(true);
});

it.each<[string, Stretch[], Stretch[], Stretch]>([
  ['the opening hours first', [], [s('10:00', '19:00')], s('10:00', '19:00')],
  ['nine to five without any', [], [], s('09:00', '17:00')],
  ['what is left of the opening hours', [s('10:00', '13:00')], [s('10:00', '19:00')], s('14:00', '19:00')],
  ['three hours where nothing is left', [s('10:00', '19:00')], [s('10:00', '19:00')], s('20:00', '23:00')],
  ['no more than the day has', [s('10:00', '22:30')], [], s('23:00', '00:00')],
])('begins with %s', (_, day, door, wanted) => expect(next(day, door)).toEqual(wanted));

it('pauses in the middle', () => {
  expect(pause([s('10:00', '18:00')])).toEqual(s('13:30', '14:00'));
  expect(pause([s('22:00', '06:00')])).toEqual(s('01:30', '02:00'));
});

it('sums up', () => {
  expect(total([s('09:00', '12:00'), s('13:00', '17:00')])).toBe(420);
  const day = [s('09:00', '17:00')];
  expect(runs(week({ 0: day, 1: day, 3: day, 5: [s('10:00', '12:00')] })).map(({ first, last }) => [first, last])).toEqual([
    [0, 1],
    [3, 3],
    [5, 5],
  ]);
  expect(range([week({ 0: [s('06:30', '12:00')], 4: [s('20:00', '02:00')] })])).toEqual({ from: 360, to: 1560 });
  expect(range([])).toEqual({ from: 480, to: 1200 });
});
