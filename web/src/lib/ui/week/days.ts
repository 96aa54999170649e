// Days of the calendar as the API writes them: "2026-03-29".

const utc = (day: string): Date => new Date(`${day}T00:00:00Z`);
const text = (moment: Date): string => moment.toISOString().slice(0, 10);

export function plusDays(day: string, count: number): string {
  const moment = utc(day);
  moment.setUTCDate(moment.getUTCDate() + count);
  return text(moment);
}

/** 0 is Monday, as in a week of hours. */
export const weekdayOf = (day: string): number => (utc(day).getUTCDay() + 6) % 7;

/** "2026-03" and so many months later. */
export function plusMonths(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return text(new Date(Date.UTC(year, number - 1 + count, 1))).slice(0, 7);
}

/** With which day (0 is Monday) a week begins where the reader lives. */
export function firstWeekday(locale: string): number {
  try {
    const known = new Intl.Locale(locale) as Intl.Locale & {
      weekInfo?: { firstDay: number };
      getWeekInfo?: () => { firstDay: number };
    };
    return ((known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1) - 1;
  } catch {
    return 0;
  }
}

/** The weeks of a month; nothing stands where the days of others would. */
export function weeksOf(month: string, first: number): (string | undefined)[][] {
  const start = `${month}-01`;
  const blank = (weekdayOf(start) - first + 7) % 7;
  const cells: (string | undefined)[] = Array.from({ length: blank }, () => undefined);
  for (let day = start; day.startsWith(month); day = plusDays(day, 1)) cells.push(day);
  while (cells.length % 7 > 0) cells.push(undefined);
  return Array.from({ length: cells.length / 7 }, (_, row) => cells.slice(row * 7, row * 7 + 7));
}

/** Where the arrow keys lead from a day; nothing for any other key. */
export function moved(day: string, key: string, rtl: boolean): string | undefined {
  const side = rtl ? -1 : 1;
  const steps: Record<string, number> = { ArrowLeft: -side, ArrowRight: side, ArrowUp: -7, ArrowDown: 7 };
  const step = steps[key];
  if (step !== undefined) return plusDays(day, step);
  if (key === 'Home') return plusDays(day, 1 - Number(day.slice(8)));
  const month = { PageUp: -1, PageDown: 1 }[key];
  if (month === undefined) return undefined;
  const target = plusMonths(day.slice(0, 7), month);
  const same = `${target}-${day.slice(8)}`;
  return text(utc(same)).startsWith(target) ? same : plusDays(`${plusMonths(target, 1)}-01`, -1);
}
