// Amounts travel as whole numbers of the smallest coin.

import { numbers } from './intl';

const digits = (currency: string): number =>
  numbers('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** The smallest part of a currency that cards know, in its smallest coin: as the server reckons. */
export function stepOf(currency: string): number {
  if (currency === 'MGA') return 100;
  return digits(currency) === 3 ? 10 : 1;
}

/** An amount as people read it: no cents where there are none. */
export function money(cents: number, currency: string, locale: string): string {
  const places = digits(currency);
  const value = cents / 10 ** places;
  const whole = Number.isInteger(value);
  return numbers(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: whole ? 0 : places,
    maximumFractionDigits: whole ? 0 : places,
  }).format(value);
}

/** An amount as somebody types it, and back; undefined if that is no amount. */
export function typed(cents: number, currency: string): string {
  const places = digits(currency);
  return Number.isInteger(cents / 10 ** places) ? String(cents / 10 ** places) : (cents / 10 ** places).toFixed(places);
}

export function amountOf(text: string, currency: string): number | undefined {
  const plain = text.trim().replace(',', '.');
  if (!/^\d+(\.\d+)?$/.test(plain)) return undefined;
  const cents = Number(plain) * 10 ** digits(currency);
  const rounded = Math.round(cents);
  return Math.abs(cents - rounded) < 1e-6 ? rounded : undefined;
}
