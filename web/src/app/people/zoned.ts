import { shopTime } from '$lib/time';

const MINUTE = 60_000;

/** The moment at which a clock in a zone shows these minutes of a day. */
export function instant(day: string, minutes: number, timeZone: string): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const wanted = Date.UTC(year, month - 1, date, 0, minutes);
  const wall = (at: number) => {
    const shown = shopTime(new Date(at), timeZone);
    return Date.UTC(shown.year, shown.month - 1, shown.day, 0, shown.minutes);
  };
  // The second look corrects for clocks that change between the guess and the moment.
  const guess = wanted - (wall(wanted) - wanted);
  return new Date(guess - (wall(guess) - wanted));
}

const two = (value: number) => String(value).padStart(2, '0');

/** The day that a calendar in a zone shows, "2026-03-29", and the minutes of its clock. */
export function wall(moment: Date, timeZone: string): { day: string; minutes: number } {
  const { year, month, day, minutes } = shopTime(moment, timeZone);
  return { day: `${year}-${two(month)}-${two(day)}`, minutes: Math.floor(minutes) };
}

/** Whether a stretch takes whole days, and which; midnight at its end is the day before's. */
export function wholeDays(from: Date, to: Date, timeZone: string): { first: string; last: string } | undefined {
  const start = wall(from, timeZone);
  const end = wall(to, timeZone);
  if (start.minutes !== 0 || end.minutes !== 0 || end.day <= start.day) return undefined;
  return { first: start.day, last: wall(new Date(to.getTime() - MINUTE), timeZone).day };
}
