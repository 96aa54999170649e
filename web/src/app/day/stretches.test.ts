import { describe, expect, it } from 'vitest';
import { spanOf } from './days';
import { covers, hoursOn, joined, minutesIn, pageOf, partOf, within, without } from './stretches';

const s = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((each) => {
      const [from = 0, to = 0] = each.split('-').map(Number);
      return { from, to };
    });
const told = (stretches: { from: number; to: number }[]) => stretches.map(({ from, to }) => `${from}-${to}`).join(' ');

describe('stretches', () => {
  it.each([
    ['10-20 20-30', '10-30'],
    ['40-50 10-20', '10-20 40-50'],
    ['10-40 20-30', '10-40'],
    ['10-10', ''],
  ])('joined %s is %s', (given, wanted) => expect(told(joined(s(given)))).toBe(wanted));

  it.each([
    ['0-100', '20-30', '0-20 30-100'],
    ['0-100', '0-100', ''],
    ['0-100', '90-120 0-10', '10-90'],
    ['0-50 60-100', '40-70', '0-40 70-100'],
  ])('%s without %s is %s', (all, taken, wanted) => expect(told(without(s(all), s(taken)))).toBe(wanted));

  it.each([
    ['0-100', '20-30 90-120', '20-30 90-100'],
    ['0-10', '10-20', ''],
  ])('within %s and %s is %s', (one, other, wanted) => expect(told(within(s(one), s(other)))).toBe(wanted));

  it('covers what lies in one of them, or in two that touch', () => {
    expect(covers(s('0-30 30-60'), { from: 20, to: 40 })).toBe(true);
    expect(covers(s('0-30 40-60'), { from: 20, to: 50 })).toBe(false);
    expect(minutesIn(s('0-30 20-60'))).toBe(60);
  });
});

describe('hours of a day', () => {
  const week = [
    { weekday: 7, opens: '09:00', closes: '17:00' },
    { weekday: 6, opens: '20:00', closes: '02:00' },
  ];
  it.each([
    ['2026-11-22', [], '0-120 540-1020'],
    ['2026-11-21', [], '1200-1440'],
    ['2026-11-23', [], ''],
    // The day's own hours hold instead of the week's; none means closed.
    ['2026-11-22', [{ day: '2026-11-22', windows: [{ opens: '12:00', closes: '24:00' }] }], '0-120 720-1440'],
    ['2026-11-22', [{ day: '2026-11-22', windows: [] }], '0-120'],
    // 23 hours.
    ['2026-03-08', [], '0-120 480-960'],
  ])('on %s with %j', (date, days, wanted) => {
    expect(told(hoursOn(spanOf(date, 'America/New_York'), week, days))).toBe(wanted);
  });

  it('takes of an absence what lies in the day', () => {
    const span = spanOf('2026-11-22', 'America/New_York');
    expect(partOf(span, '2026-11-22T03:00:00Z', '2026-11-22T15:00:00Z')).toEqual({ from: 0, to: 600 });
  });
});

describe('the page of a day', () => {
  const span = spanOf('2026-11-22', 'America/New_York');
  it.each([
    ['600-1140', undefined, '540-1200'],
    ['600-1140', 430, '420-1200'],
    ['600-1140', 200, '540-1200'],
    ['600-1140', 1210, '540-1260'],
    ['', undefined, '480-1140'],
    ['0-1440', 700, '0-1440'],
    ['1400-1430', undefined, '1080-1440'],
  ])('around %s at %s is %s', (busy, now, wanted) => {
    expect(told([pageOf(span, s(busy), now)])).toBe(wanted);
  });
});
