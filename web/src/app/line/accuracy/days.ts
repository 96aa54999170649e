import type { Schema } from '$lib/api/types';

export type Day = Schema<'QueueDayView'>;

/** A day so many days away, as the API writes days. */
export function shifted(day: string, by: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, date + by)).toISOString().slice(0, 10);
}

/** Every day of a span, those without anything too: a gap is something one should see. */
export function everyDay(items: readonly Day[], from: string, to: string): { day: string; of: Day | undefined }[] {
  const known = new Map(items.map((item) => [item.day, item]));
  const days: { day: string; of: Day | undefined }[] = [];
  for (let day = from; day <= to && days.length < 400; day = shifted(day, 1)) days.push({ day, of: known.get(day) });
  return days;
}

export interface Sum {
  called: number;
  /** Which part was told right, ten minutes more or less; nothing where nothing was told. */
  right: number | undefined;
  waited: number | undefined;
}

/** All days together, each as heavy as the people of that day. */
export function summed(items: readonly Day[]): Sum {
  const called = items.reduce((sum, { called }) => sum + called, 0);
  const quoted = items.reduce((sum, { quoted }) => sum + quoted, 0);
  const right = items.reduce((sum, { within_ten_minutes, quoted }) => sum + (within_ten_minutes ?? 0) * quoted, 0);
  const waited = items.reduce((sum, { waited_seconds, called }) => sum + waited_seconds * called, 0);
  return { called, right: quoted > 0 ? right / quoted : undefined, waited: called > 0 ? waited / called : undefined };
}
