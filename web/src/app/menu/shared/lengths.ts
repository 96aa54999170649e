// Lengths in minutes: as they are read, and as they are typed.

import { numbers } from '$lib/intl';

/** "1 hr 30 min", "2 days": whole units, in the reader's words. */
export function spell(minutes: number, locale: string, display: 'short' | 'long' = 'short'): string {
  const parts: [number, string][] =
    minutes >= 1440 && minutes % 1440 === 0
      ? [[minutes / 1440, 'day']]
      : [
          [Math.floor(minutes / 60), 'hour'],
          [minutes % 60, 'minute'],
        ];
  const said = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => unitOf(count, unit, locale, display));
  return said.length > 0 ? said.join(' ') : unitOf(0, 'minute', locale, display);
}

export function unitOf(count: number, unit: string, locale: string, display: 'short' | 'long' = 'short'): string {
  return numbers(locale, { style: 'unit', unit, unitDisplay: display }).format(count);
}

/** Minutes as somebody types them: "90", "1:30", "1h30". Undefined if that is no length. */
export function minutesTyped(text: string): number | undefined {
  const plain = text.trim().toLowerCase();
  if (/^\d{1,4}$/.test(plain)) return Number(plain);
  const [, hours, minutes = '0'] = /^(\d{1,2})\s*[:h]\s*([0-5]?\d)?$/.exec(plain) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}
