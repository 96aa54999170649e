import { date, t } from '$lib/i18n/index.svelte';
import { desk } from '../desk.svelte';
import { inUnit } from './spans';

export const zone = (): string => desk.tenant?.time_zone ?? 'UTC';

/** A moment on the shop's clock. */
export const moment = (at: string): string => date(at, { dateStyle: 'medium', timeStyle: 'short' }, zone());
export const dayOf = (at: string): string =>
  date(at, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }, zone());
export const clockOf = (at: string): string => date(at, { hour: 'numeric', minute: '2-digit' }, zone());

/** "2 days", "36 hours", "15 minutes". */
export function spanText(minutes: number): string {
  const { count, unit } = inUnit(minutes);
  return t(`span.${unit}`, { count });
}
