// Amounts travel as whole numbers of the smallest coin.

import { numbers } from './intl';

/** How many places the smallest coin is: as in config/countries.toml, and for those who take cards. Browsers reckon some
 *  currencies by the notes that are in use. Each is told apart by two letters of it, mostly its country; francs have no centimes, but in
 *  Switzerland and in Congo; forints have fillér. */
export const digits = (currency: string): number =>
  /CL|IS|JP|KRW|PY|UG|V[NU]|[^CH].F/.test(currency) ? 0 : /BH|IQ|JO|KW|LY|OM|TND/.test(currency) ? 3 : 2;

/** An amount as people read it: no cents where there are none. */
export function money(cents: number, currency: string, locale: string): string {
  const places = digits(currency);
  return numbers(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: places,
    trailingZeroDisplay: 'stripIfInteger',
  }).format(cents / 10 ** places);
}

/** An amount as somebody types it, and back; undefined if that is no amount. */
export function typed(cents: number, currency: string): string {
  const places = digits(currency);
  const value = cents / 10 ** places;
  return value.toFixed(Number.isInteger(value) ? 0 : places);
}

export function amountOf(text: string, currency: string): number | undefined {
  const plain = text.trim().replace(',', '.');
  if (!/^\d+(\.\d+)?$/.test(plain)) return undefined;
  const cents = Number(plain) * 10 ** digits(currency);
  const rounded = Math.round(cents);
  return Math.abs(cents - rounded) < 1e-6 ? rounded : undefined;
}
