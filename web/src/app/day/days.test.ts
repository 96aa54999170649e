import { describe, expect, it } from 'vitest';
import { clockOf, dateOf, isDate, later, minuteAt, minuteOf, momentAt, monthLater, monthOf, spanOf, visitAt, weekOf } from './days';

const NEW_YORK = 'America/New_York';

describe('a day in time', () => {
  it.each([
    ['2026-03-07', NEW_YORK, 1440],
    ['2026-03-08', NEW_YORK, 1380],
    ['2026-11-01', NEW_YORK, 1500],
    ['2026-10-04', 'Australia/Lord_Howe', 1410],
    ['2026-03-08', 'Pacific/Guam', 1440],
  ])('%s in %s has %i minutes', (date, zone, length) => {
    expect(spanOf(date, zone).length).toBe(length);
  });

  it.each([
    // The morning lies before the change, the afternoon behind it.
    ['2026-03-08', 60, 60],
    ['2026-03-08', 540, 480],
    ['2026-11-01', 60, 60],
    ['2026-11-01', 540, 600],
    // A time that is skipped is when the clocks go on; one that comes twice is the first.
    ['2026-03-08', 150, 150],
    ['2026-11-01', 90, 90],
    ['2026-06-01', 1440, 1440],
  ])('on %s the clock shows %i after %i minutes', (date, clock, minute) => {
    expect(minuteAt(spanOf(date, NEW_YORK), clock)).toBe(minute);
  });

  it('tells minutes and moments apart from the device’s zone', () => {
    const span = spanOf('2026-11-22', 'Pacific/Guam');
    expect(minuteOf(span, '2026-11-22T00:30:00Z')).toBe(630);
    expect(clockOf('2026-11-22T00:30:00Z', 'Pacific/Guam')).toBe('10:30');
    expect(dateOf('2026-11-22T15:00:00Z', 'Pacific/Guam')).toBe('2026-11-23');
    expect(momentAt(span, '10:30')?.toISOString()).toBe('2026-11-22T00:30:00.000Z');
    expect(momentAt(span, 'soon')).toBeUndefined();
  });
});

describe('calendars', () => {
  it.each([
    ['2026-02-28', true],
    ['2026-02-29', false],
    ['2028-02-29', true],
    ['tomorrow', false],
    ['2026-13-01', false],
  ])('%s is a day: %s', (text, is) => {
    expect(isDate(text)).toBe(is);
  });

  it('counts days and months over their ends', () => {
    expect(later('2026-12-31', 1)).toBe('2027-01-01');
    expect(later('2026-03-01', -1)).toBe('2026-02-28');
    expect(monthLater('2026-01-31', 1)).toBe('2026-02-01');
    expect(monthLater('2026-01-31', -1)).toBe('2025-12-01');
  });

  it.each([
    [1, '2026-11-16', '2026-11-22'],
    [7, '2026-11-22', '2026-11-28'],
    [6, '2026-11-21', '2026-11-27'],
  ])('a week that begins on weekday %i goes from %s to %s', (first, from, to) => {
    const week = weekOf('2026-11-22', first);
    expect([week[0], week[6]]).toEqual([from, to]);
  });

  it.each([
    ['2026-11-22', 1, 6, '2026-10-26', '2026-12-06'],
    ['2026-11-22', 7, 5, '2026-11-01', '2026-12-05'],
    ['2027-02-10', 1, 4, '2027-02-01', '2027-02-28'],
  ])('the month of %s from weekday %i has %i weeks, %s to %s', (date, first, weeks, from, to) => {
    const month = monthOf(date, first);
    expect([month.length, month[0]?.[0], month.at(-1)?.[6]]).toEqual([weeks, from, to]);
  });
});

describe('the page of a visit', () => {
  const visit = { id: 'apt_1', starts_at: '2026-11-22T02:30:00Z', location: 'loc_1' };
  it('is its day on the clock of its place', () => {
    expect(visitAt(visit, 'America/Chicago')).toBe('/app/day/2026-11-21?visit=apt_1&at=loc_1');
    expect(visitAt(visit, 'Europe/Berlin')).toBe('/app/day/2026-11-22?visit=apt_1&at=loc_1');
  });
  it('is the day where one has found it, if it touches several', () => {
    expect(visitAt(visit, 'Europe/Berlin', '2026-11-21')).toBe('/app/day/2026-11-21?visit=apt_1&at=loc_1');
  });
});
