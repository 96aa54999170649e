import { i18n, t } from '$lib/i18n/index.svelte';
import { dates, numbers } from '$lib/intl';
import { ahead } from '$lib/time';

export function zoneName(timeZone: string, at: string | number | Date = Date.now()): string {
  const format = dates(i18n.tag, { timeZone, timeZoneName: 'long' });
  return format.formatToParts(new Date(at)).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

/** How far the shop's clock is from the device's; nothing where they agree. */
export function distance(timeZone: string, at = new Date()): string | undefined {
  const minutes = ahead(at, timeZone);
  if (minutes === 0) return undefined;
  const hours = numbers(i18n.tag, {
    style: 'unit',
    unit: 'hour',
    unitDisplay: 'long',
    maximumFractionDigits: 2,
  }).format(Math.abs(minutes) / 60);
  return t(minutes > 0 ? 'zone.ahead' : 'zone.behind', { hours });
}
