// What a voucher shall be worth, as people type it.
import type { Schema } from '$lib/api/types';
import { amountOf, digits } from '$lib/money';

export type Bounds = Pick<Schema<'GiftOfferView'>, 'currency' | 'least_minor' | 'most_minor'>;

/** Arabic and Persian digits mean the same as ours. */
const digit = (one: string): string => String((one.charCodeAt(0) - (one < '۰' ? 0x660 : 0x6f0)) % 10);

/**
 * The amount that somebody means. They may write its currency with it and set thousands apart: what has three digits
 * behind it is no decimal sign, unless the currency has as many.
 */
export function meant(text: string, currency: string): number | undefined {
  const plain = text
    .replace(/[٠-٩۰-۹]/g, digit)
    .replace(/٬/g, ',')
    .replace(/٫/g, '.')
    .replace(/[\s'’]|\p{Sc}/gu, '')
    .replace(new RegExp(`^${currency}|${currency}$`, 'i'), '');
  const grouped = digits(currency) < 3 && /^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:[.,]\d{1,2})?$/.exec(plain);
  return amountOf(grouped ? plain.replaceAll(grouped[1] ?? '', '') : plain, currency);
}

/** Why an amount can't be had, if it can't. */
export function amissOf(minor: number | undefined, { least_minor, most_minor }: Bounds): 'amount' | 'least' | 'most' | undefined {
  if (minor === undefined || minor === 0) return 'amount';
  if (minor < least_minor) return 'least';
  return minor > most_minor ? 'most' : undefined;
}
