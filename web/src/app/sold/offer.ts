// What a business offers of vouchers on its page, as the form holds it.
import type { Schema } from '$lib/api/types';
import { amountOf, typed } from '$lib/money';
import { monthsTyped } from './voucher';

export type Offer = Schema<'VoucherOfferView'>;

export interface Draft {
  offered: boolean;
  amounts: string[];
  least: string;
  most: string;
  months: string;
  location: string;
}

/** So many amounts can be suggested. */
export const AMOUNTS = 6;
/** What one voucher may be worth at most. */
const MOST = 10_000_000_000;

export const draftOf = (offer: Offer, currency: string): Draft => ({
  offered: offer.offered,
  amounts: offer.amounts_minor.map((minor) => typed(minor, currency)),
  least: typed(offer.least_minor, currency),
  most: typed(offer.most_minor, currency),
  months: String(offer.months),
  location: offer.location ?? '',
});

type Amiss = 'amount' | 'bounds' | 'order' | 'months';

/** What can't be saved yet, by the field's pointer. An amount that is left empty is none. */
export function wrong(draft: Draft, currency: string): Record<string, Amiss> {
  const read = (text: string) => {
    const minor = amountOf(text, currency);
    return minor !== undefined && minor > 0 && minor <= MOST ? minor : undefined;
  };
  const [least, most] = [read(draft.least), read(draft.most)];
  const amiss: Record<string, Amiss> = {};
  for (const [at, text] of draft.amounts.entries()) {
    if (text.trim() === '') continue;
    const minor = read(text);
    if (minor === undefined) amiss[`/amounts_minor/${at}`] = 'amount';
    else if (minor < (least ?? 0) || minor > (most ?? MOST)) amiss[`/amounts_minor/${at}`] = 'bounds';
  }
  if (least === undefined) amiss['/least_minor'] = 'amount';
  if (most === undefined) amiss['/most_minor'] = 'amount';
  else if (least !== undefined && most < least) amiss['/most_minor'] = 'order';
  if (monthsTyped(draft.months) === undefined) amiss['/months'] = 'months';
  return amiss;
}

/** What the server is told: each amount once, the smallest first. */
export function bodyOf(draft: Draft, currency: string): Schema<'VoucherOfferInput'> {
  const amounts = draft.amounts.flatMap((text) => (text.trim() === '' ? [] : (amountOf(text, currency) ?? [])));
  return {
    offered: draft.offered,
    amounts_minor: [...new Set(amounts)].sort((a, b) => a - b),
    least_minor: amountOf(draft.least, currency) ?? 0,
    most_minor: amountOf(draft.most, currency) ?? 0,
    months: monthsTyped(draft.months) ?? 0,
    location: draft.location || null,
  };
}
