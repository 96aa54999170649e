import type { Schema } from '$lib/api/types';
import { weekdayOf } from '$lib/ui/week/days';
import { normalised, stretchOf, weekOf, type Hours, type Stretch } from '$lib/ui/week/week';

/** What holds on a day: the week's hours, or others instead. */
export interface OnDay {
  day: readonly Stretch[];
  why: 'usual' | 'own' | 'closed';
}

interface Own {
  day: string;
  windows: { opens: string; closes: string }[];
}

type Closure = Pick<Schema<'ClosureView'>, 'first_day' | 'last_day' | 'location_id'>;

export const windowsOf = ({ windows }: Own): Stretch[] => normalised(windows.map(stretchOf));

/** The closure that keeps a location's door shut on a day, if one does. */
export const closureOn = <T extends Closure>(closures: readonly T[], location: string, day: string): T | undefined =>
  closures.find(
    ({ first_day, last_day, location_id }) =>
      first_day <= day && day <= last_day && (location_id ?? location) === location,
  );

/** The hours of a day, by the week and the days that are otherwise. */
export function onDay(day: string, week: readonly Hours[], own: readonly Own[], closed: boolean): OnDay {
  if (closed) return { day: [], why: 'closed' };
  const other = own.find((each) => each.day === day);
  if (other) return { day: windowsOf(other), why: 'own' };
  return { day: weekOf(week)[weekdayOf(day)] ?? [], why: 'usual' };
}
