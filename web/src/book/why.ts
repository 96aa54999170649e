import { t } from '$lib/i18n/index.svelte';
import { midnight, minutesOf } from '$lib/time';
import type { Shop } from './choice';
import type { Day } from './days';
import { hoursOn } from './doors';

/** What a customer is told of a reason. Whatever it is exactly: of staff and rooms, something is taken. */
const TOLD = {
  closed: 'why.closed',
  skipped_time: 'why.closed',
  past: 'why.notice',
  notice: 'why.notice',
  horizon: 'why.horizon',
  staff_off: 'why.off',
} as const;

type Reason = keyof typeof TOLD;

/** The weightiest of some reasons, as a sentence's key. */
export function reasonOf(codes: string[]): (typeof TOLD)[Reason] | 'why.full' {
  const found = (Object.keys(TOLD) as Reason[]).find((code) => codes.includes(code));
  // Somebody who is in but busy is the better news: then it is worth while to wait.
  if (found === 'staff_off' && codes.some((code) => ['staff_busy', 'room_busy', 'cap'].includes(code))) return 'why.full';
  return found ? TOLD[found] : 'why.full';
}

/** Why nothing is free on a day: what stands in the way of coming when the door has just been opened. */
export async function whyOf(
  day: Day,
  place: Shop['locations'][number] | undefined,
  ask: (start: string) => Promise<string[]>,
): Promise<string> {
  if (day.closed || !place) return t('why.closed');
  const [first] = hoursOn(place, day.date);
  const start = new Date(midnight(day.date, place.time_zone).getTime() + minutesOf(first?.opens ?? '12:00') * 60_000);
  return ask(start.toISOString()).then(
    (codes) => t(reasonOf(codes)),
    // It is certain that there is no time; why is only good to know.
    () => t('why.full'),
  );
}
