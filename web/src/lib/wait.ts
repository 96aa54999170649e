// How long a wait is said to be: never a false minute, always the shop's clock.

import { dates, numbers } from './intl';

/** What the API says of a wait: a range in minutes. */
export interface Range {
  low_minutes: number;
  high_minutes: number;
}

const unit = (name: 'minute' | 'hour', tag: string, unitDisplay: 'short' | 'narrow' = 'short') =>
  numbers(tag, { style: 'unit', unit: name, unitDisplay });

/** "36 min", "1h 5m". */
export function lasting(minutes: number, tag: string): string {
  const whole = Math.max(0, Math.round(minutes));
  const [hours, rest] = [Math.floor(whole / 60), whole % 60];
  if (hours === 0) return unit('minute', tag).format(rest);
  const parts = [unit('hour', tag, 'narrow').format(hours)];
  if (rest > 0) parts.push(unit('minute', tag, 'narrow').format(rest));
  // A length isn't broken in two at the end of a line.
  return parts.join('\u00a0');
}

/** "25–40 min", "1h 5m – 2h"; one length where both ends are the same. */
export function span({ low_minutes, high_minutes }: Range, tag: string): string {
  if (low_minutes >= high_minutes) return lasting(high_minutes, tag);
  if (high_minutes < 60) return tight(unit('minute', tag).formatRange(low_minutes, high_minutes));
  return `${lasting(low_minutes, tag)} – ${lasting(high_minutes, tag)}`;
}

/** Between two figures the dash stands close, where a language writes it with blanks beside a unit. */
const tight = (text: string) => text.replace(/(\p{Nd})\s*[–-]\s*(\p{Nd})/u, '$1–$2');

/** "6:10 – 6:25 PM": when that will be, on the shop's clock. */
export function around({ low_minutes, high_minutes }: Range, now: number, timeZone: string, tag: string): string {
  const clock = dates(tag, { hour: 'numeric', minute: '2-digit', timeZone });
  const at = (minutes: number) => new Date(now + minutes * 60_000);
  return low_minutes >= high_minutes ? clock.format(at(high_minutes)) : clock.formatRange(at(low_minutes), at(high_minutes));
}
