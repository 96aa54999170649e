// Civil days as text ("2026-03-29"), and how one of them lies in time: a day with a clock change has 23 or
// 25 hours, so that everything is laid out by the minutes that have really passed since its midnight.
import { midnight, shopTime } from '$lib/time';

export const MINUTE = 60_000;

export interface Span {
  date: string;
  zone: string;
  /** The day's midnight. */
  start: number;
  /** Its length in minutes. */
  length: number;
}

export function spanOf(date: string, zone: string): Span {
  const start = midnight(date, zone).getTime();
  const end = midnight(date, zone, 1).getTime();
  return { date, zone, start, length: Math.round((end - start) / MINUTE) };
}

/** Minutes since the day's midnight; less than nothing for what was before. */
export function minuteOf(span: Span, moment: string | number | Date): number {
  return (new Date(moment).getTime() - span.start) / MINUTE;
}

export function momentOf(span: Span, minute: number): Date {
  return new Date(span.start + minute * MINUTE);
}

const pad = (value: number) => String(value).padStart(2, '0');

/** The civil day of a moment. */
export function dateOf(moment: Date | string | number, zone: string): string {
  const { year, month, day } = shopTime(new Date(moment), zone);
  return `${year}-${pad(month)}-${pad(day)}`;
}

/** The page of a visit: its day and its place. The day is the one on the place's clock, if no other is meant. */
export function visitAt(visit: { id: string; starts_at: string; location: string }, zone: string, date = dateOf(visit.starts_at, zone)): string {
  return `/app/day/${date}?visit=${visit.id}&at=${visit.location}`;
}

/** Whether a text from an address names a day that there is. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

const utc = (date: string) => new Date(`${date}T00:00:00Z`);

/** The day so many days later. */
export function later(date: string, days: number): string {
  const at = utc(date);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The first of the month so many months later. */
export function monthLater(date: string, months: number): string {
  const at = utc(`${date.slice(0, 7)}-01`);
  at.setUTCMonth(at.getUTCMonth() + months);
  return at.toISOString().slice(0, 10);
}

/** 1 is Monday, 7 is Sunday. */
export function weekdayOf(date: string): number {
  return utc(date).getUTCDay() || 7;
}

/** The seven days around a day, from the locale's first weekday on. */
export function weekOf(date: string, firstDay: number): string[] {
  const back = (weekdayOf(date) - firstDay + 7) % 7;
  return Array.from({ length: 7 }, (_, at) => later(date, at - back));
}

/** The weeks that a month's page shows: whole weeks, four to six of them. */
export function monthOf(date: string, firstDay: number): string[][] {
  const month = date.slice(0, 7);
  const weeks: string[][] = [];
  for (let day = `${month}-01`; ; day = later(day, 7)) {
    const week = weekOf(day, firstDay);
    if (!week.some((each) => each.startsWith(month))) return weeks;
    weeks.push(week);
  }
}

/** Which weekday a locale's calendars begin with. */
export function firstDayOf(tag: string): number {
  const locale = new Intl.Locale(tag) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}

/** The minute of the day at which the clock on the wall shows so many minutes since midnight. What the
 *  clocks skip is shown when they go on; what comes twice, the first time. */
export function minuteAt(span: Span, clock: number): number {
  const shown = (minute: number) => {
    const { year, month, day, minutes } = shopTime(momentOf(span, minute), span.zone);
    return minutes + ((Date.UTC(year, month - 1, day) - utc(span.date).getTime()) / 86_400_000) * 1440;
  };
  const first = clock + (clock - shown(clock));
  const second = first + (clock - shown(first));
  return shown(second) === clock ? second : Math.max(first, second);
}

/** What somebody typed as a time of day ("14:30") on a day, as a moment. */
export function momentAt(span: Span, clock: string): Date | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})/.exec(clock) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  return momentOf(span, minuteAt(span, Number(hours) * 60 + Number(minutes)));
}

/** A moment's time of day as an `<input type="time">` has it. */
export function clockOf(moment: Date | string | number, zone: string): string {
  const { minutes } = shopTime(new Date(moment), zone);
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}
