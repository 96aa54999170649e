import { date, i18n, t } from '$lib/i18n/index.svelte';
import { dates, numbers } from '$lib/intl';
import { clock } from '$lib/time';
import { normalised, runs, type Stretch, type Week } from './week';

/** The words of a week are the part `people`'s: the folders that show a week load that part. */
export const say = t;

// A Monday, to ask for the names of weekdays by.
const MONDAY = Date.UTC(2024, 0, 1);

/** 0 is Monday. */
export const weekday = (on: number, how: 'long' | 'short' | 'narrow' = 'long'): string =>
  date(MONDAY + on * 86_400_000, { weekday: how }, 'UTC');

/** "10:00 – 13:00" as the reader writes times. */
export const span = ({ opens, closes }: Stretch): string => `${clock(opens, i18n.tag)} – ${clock(closes, i18n.tag)}`;

export const spans = (day: readonly Stretch[]): string => normalised(day).map(span).join(', ');

/** "Mon – Fri" */
export const days = (first: number, last: number): string =>
  first === last ? weekday(first, 'short') : `${weekday(first, 'short')} – ${weekday(last, 'short')}`;

/** A week in a line or two: "Mon – Fri 10:00 – 19:00". */
export const inShort = (week: Week): string[] =>
  runs(week).map(({ first, last, day }) => `${days(first, last)} ${spans(day)}`);

/** So many minutes as hours: "7.5 hr". */
export const long = (minutes: number): string =>
  numbers(i18n.tag, { style: 'unit', unit: 'hour', unitDisplay: 'short', maximumFractionDigits: 2 }).format(
    minutes / 60,
  );

/** A day of the calendar, written out. */
export const dayName = (day: string, options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' }): string =>
  date(`${day}T00:00:00Z`, options, 'UTC');

/** "10–7", as on a door: for where there is little room. */
export function brief(day: readonly Stretch[]): string {
  const hour = (minutes: number) =>
    dates(i18n.tag, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' })
      .formatToParts(new Date(minutes * 60_000))
      .filter(({ type }) => type === 'hour' || (type === 'minute' && minutes % 60 > 0))
      .map(({ value }) => value)
      .join(':');
  return normalised(day)
    .map(({ opens, closes }) => `${hour(opens)}–${hour(closes)}`)
    .join(' ');
}
