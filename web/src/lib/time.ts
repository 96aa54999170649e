// The shop's clock. Everything on a staff page is told in the shop's zone, never the device's.

import { dates } from './intl';

export interface ShopTime {
  year: number;
  month: number;
  day: number;
  /** 1 is Monday, 7 is Sunday. */
  weekday: number;
  /** Minutes since midnight. */
  minutes: number;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** What the calendar and the clock on the shop's wall show at this moment. */
export function shopTime(moment: Date, timeZone: string): ShopTime {
  const fields = new Map<string, string>(
    dates('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      weekday: 'short',
      hour: 'numeric',
      minute: 'numeric',
    })
      .formatToParts(moment)
      .map(({ type, value }): [string, string] => [type, value]),
  );
  const field = (name: string) => Number(fields.get(name));
  return {
    year: field('year'),
    month: field('month'),
    day: field('day'),
    weekday: WEEKDAYS.indexOf(fields.get('weekday') ?? '') + 1,
    minutes: field('hour') * 60 + field('minute'),
  };
}

/** The moment at which a day ("2026-03-29") begins in a zone, or the day so many days later. */
export function midnight(day: string, timeZone: string, later = 0): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const wanted = Date.UTC(year, month - 1, date + later);
  const wall = (at: number) => {
    const shown = shopTime(new Date(at), timeZone);
    return Date.UTC(shown.year, shown.month - 1, shown.day, 0, shown.minutes);
  };
  // The second look corrects for clocks that change between the guess and the midnight.
  const guess = wanted - (wall(wanted) - wanted);
  return new Date(guess - (wall(guess) - wanted));
}

/** "09:30" as minutes since midnight. */
export function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Minutes since midnight as the reader's locale writes a time of day. */
export function clock(minutes: number, locale: string): string {
  return dates(locale, {
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
  }).format(new Date(minutes * 60_000));
}

/** Minutes that the shop's clock is ahead of the device's. */
export function ahead(moment: Date, timeZone: string): number {
  const { year, month, day, minutes } = shopTime(moment, timeZone);
  const told = Date.UTC(year, month - 1, day, 0, minutes) / 60_000;
  return told - Math.floor(moment.getTime() / 60_000) + moment.getTimezoneOffset();
}
