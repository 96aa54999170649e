// Stretches of a day: when the door is open, when somebody works, when they are away. In minutes since the
// day's midnight.
import type { Schema } from '$lib/api/types';
import { minutesOf } from '$lib/time';
import { later, minuteAt, minuteOf, weekdayOf, type Span } from './days';

export interface Stretch {
  from: number;
  to: number;
}

type Weekly = Schema<'OpeningHours'>;
type Window = Schema<'DayStretch'>;

/** In order, and those that touch are one. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const out: Stretch[] = [];
  for (const each of stretches.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && each.from <= last.to) last.to = Math.max(last.to, each.to);
    else out.push({ ...each });
  }
  return out;
}

/** What of the first isn't in the second. */
export function without(all: readonly Stretch[], taken: readonly Stretch[]): Stretch[] {
  let left = joined(all);
  for (const hole of taken) {
    left = left.flatMap(({ from, to }) =>
      [
        { from, to: Math.min(to, hole.from) },
        { from: Math.max(from, hole.to), to },
      ].filter((each) => each.to > each.from),
    );
  }
  return left;
}

/** What is in both. */
export function within(one: readonly Stretch[], other: readonly Stretch[]): Stretch[] {
  return joined(
    one.flatMap((a) => other.map((b) => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) }))),
  );
}

/** Whether all of a stretch lies in one of these. */
export function covers(stretches: readonly Stretch[], { from, to }: Stretch): boolean {
  return joined(stretches).some((each) => each.from <= from && each.to >= to);
}

export function minutesIn(stretches: readonly Stretch[]): number {
  return joined(stretches).reduce((sum, { from, to }) => sum + to - from, 0);
}

/** The hours of a day: its own if it has some, else the week's. What goes on behind midnight reaches into
 *  the next day. */
export function hoursOn(span: Span, week: readonly Weekly[], days: readonly { day: string; windows: Window[] }[]): Stretch[] {
  const of = (date: string): { opens: string; closes: string }[] =>
    days.find(({ day }) => day === date)?.windows ?? week.filter(({ weekday }) => weekday === weekdayOf(date));
  const at = (windows: { opens: string; closes: string }[], shift: number) =>
    windows.map(({ opens, closes }) => {
      const from = minutesOf(opens) + shift;
      const end = minutesOf(closes) + shift;
      const to = end > from ? end : end + 1440;
      return { from: clipped(span, from), to: clipped(span, to) };
    });
  return joined([...at(of(later(span.date, -1)), -1440), ...at(of(span.date), 0)]);
}

function clipped(span: Span, clock: number): number {
  if (clock <= 0) return 0;
  return clock >= 1440 ? span.length : minuteAt(span, clock);
}

/** The part of a stretch of time that lies in a day. */
export function partOf(span: Span, starts: string, ends: string): Stretch {
  const clip = (minute: number) => Math.min(span.length, Math.max(0, minute));
  return { from: clip(minuteOf(span, starts)), to: clip(minuteOf(span, ends)) };
}

/** Which hours the page of the day shows: from an hour before the first thing to an hour behind the last,
 *  never less than six, and the present if it is near. */
export function pageOf(span: Span, busy: readonly Stretch[], now?: number): Stretch {
  const all = busy.length > 0 ? busy : [{ from: 540, to: 1080 }];
  let from = Math.floor((Math.min(...all.map((each) => each.from)) - 15) / 60) * 60;
  let to = Math.ceil((Math.max(...all.map((each) => each.to)) + 15) / 60) * 60;
  if (now !== undefined && now >= 0 && now < span.length) {
    const hour = Math.floor(now / 60) * 60;
    if (hour < from && hour >= from - 120) from = hour;
    if (hour >= to && hour < to + 120) to = hour + 60;
  }
  to = Math.max(to, from + 360);
  return { from: Math.max(0, Math.min(from, span.length - 360)), to: Math.min(span.length, to) };
}
