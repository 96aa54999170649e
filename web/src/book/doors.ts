// When a door is open, on its own clock: what the shop's page begins with.
import type { Schema } from '$lib/api/types';
import { shopTime } from '$lib/time';

type Place = Schema<'PublicLocationView'>;

const two = (value: number) => String(value).padStart(2, '0');

/** The day on the shop's calendar at this moment. */
export function dayAt(moment: Date, timeZone: string): string {
  const { year, month, day } = shopTime(moment, timeZone);
  return `${year}-${two(month)}-${two(day)}`;
}

/** From 1, Monday, to 7, Sunday. */
export function weekday(day: string): number {
  return new Date(`${day}T12:00:00Z`).getUTCDay() || 7;
}

/** When the door of a place is open on a day: as that day says, or else its week. */
export function hoursOn(place: Pick<Place, 'hours' | 'days'>, date: string): { opens: string; closes: string }[] {
  const own = place.days.find(({ day }) => day === date);
  return own?.windows ?? place.hours.filter((each) => each.weekday === weekday(date));
}
