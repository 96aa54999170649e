// How full days are: what is booked of the time that people work.
import type { Schema } from '$lib/api/types';
import { dateOf, minuteOf, spanOf } from './days';
import { minutesIn, type Stretch } from './stretches';
import { takesTime, type Visit } from './visits';

export interface DayLoad {
  date: string;
  visits: Visit[];
  /** Minutes that are booked, and that can be. */
  booked: number;
  work: number;
}

/** The visits of each of these days, of one person or of all. */
export function loadsOf(
  dates: readonly string[],
  zone: string,
  visits: readonly Visit[],
  person: string,
  shift: (staff: string, date: string) => Stretch[],
  staff: readonly Pick<Schema<'StaffView'>, 'id'>[],
): DayLoad[] {
  const mine = visits.filter((visit) => takesTime(visit) && (person === '' || visit.lines.some((line) => line.staff === person)));
  return dates.map((date) => {
    const span = spanOf(date, zone);
    const here = mine.filter(({ starts_at }) => dateOf(starts_at, zone) === date);
    const lines = here.flatMap((visit) => visit.lines).filter((line) => person === '' || line.staff === person);
    const booked = lines.reduce((sum, line) => sum + minuteOf(span, line.ends_at) - minuteOf(span, line.starts_at), 0);
    const work = staff
      .filter(({ id }) => person === '' || id === person)
      .reduce((sum, { id }) => sum + minutesIn(shift(id, date)), 0);
    return { date, visits: here, booked, work };
  });
}

/** How full a day is, in percent; nothing on a day on which nobody works. */
export function fullness({ booked, work }: Pick<DayLoad, 'booked' | 'work'>): number | undefined {
  return work > 0 ? Math.min(100, Math.round((booked / work) * 100)) : undefined;
}
