// How days, times, lengths and places are written on the pages of this shell.
import { date, i18n } from '$lib/i18n/index.svelte';
import { lists, numbers } from '$lib/intl';
import { money as amount } from '$lib/money';

export const money = (minor: number, currency: string): string => amount(minor, currency, i18n.tag);

/** A day of the shop's calendar. */
export function day(value: string, options: Intl.DateTimeFormatOptions): string {
  return date(`${value}T12:00:00Z`, options, 'UTC');
}

export const wholeDay = (value: string): string => day(value, { weekday: 'long', day: 'numeric', month: 'long' });

/** "Saturday, November 21 at 11:30 AM", on the shop's clock. */
export function moment(value: string, timeZone: string): string {
  return date(value, { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' }, timeZone);
}

export function time(value: string, timeZone: string): string {
  return date(value, { hour: 'numeric', minute: '2-digit' }, timeZone);
}

export function length(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const unit = (value: number, name: 'hour' | 'minute') =>
    numbers(i18n.tag, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  if (minutes < 120 || rest) return hours >= 2 ? `${unit(hours, 'hour')} ${unit(rest, 'minute')}` : unit(minutes, 'minute');
  return unit(hours, 'hour');
}

export function listed(names: string[]): string {
  return lists(i18n.tag, { type: 'conjunction' }).format(names);
}
