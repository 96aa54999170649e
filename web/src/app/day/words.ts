// Times and names as the page of a day tells them: on the shop's clock, in the reader's language.
import { date, i18n } from '$lib/i18n/index.svelte';
import { dates, lists } from '$lib/intl';
import { nameOfVisit } from './deeds.svelte';
import type { Visit } from './visits';

const CLOCK: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };

export function timeText(moment: string | number | Date, zone: string): string {
  return date(moment, CLOCK, zone);
}

export function rangeText(from: string | number | Date, to: string | number | Date, zone: string): string {
  const day = (moment: string | number | Date) => date(moment, { dateStyle: 'short' }, zone);
  // Over midnight a range would name both days.
  if (day(from) !== day(to)) return `${timeText(from, zone)} – ${timeText(to, zone)}`;
  return dates(i18n.tag, { ...CLOCK, timeZone: zone }).formatRange(new Date(from), new Date(to));
}

/** A civil day ("2026-11-22") in words. */
export function dayText(day: string, options: Intl.DateTimeFormatOptions): string {
  return date(`${day}T12:00:00Z`, options, 'UTC');
}

/** Who does it, each named once. */
export function peopleText(visit: Visit): string {
  const names = visit.lines.map(({ staff_name }) => staff_name).filter((name) => name !== undefined && name !== null);
  return lists(i18n.tag, { type: 'unit' }).format([...new Set(names)]);
}

export function roomsText(visit: Visit): string {
  const names = visit.lines.map(({ room_name }) => room_name).filter((name) => name !== undefined && name !== null);
  return lists(i18n.tag, { type: 'unit' }).format([...new Set(names)]);
}

export { nameOfVisit };
