// A voucher that somebody is about to buy.
import type { Schema } from '$lib/api/types';
import { tab } from '$lib/store';
import { isAddress } from '../visit/contact';
import { amissOf, meant } from './amount';

export type Offer = Schema<'GiftOfferView'>;

export interface Draft {
  /** One of the amounts that are suggested, or none of them. */
  amount: number | 'other';
  other: string;
  recipient: string;
  to: string;
  message: string;
  name: string;
  email: string;
}

export const empty = ({ amounts_minor: [first] }: Pick<Offer, 'amounts_minor'>): Draft => ({
  amount: first ?? 'other',
  other: '',
  recipient: '',
  to: '',
  message: '',
  name: '',
  email: '',
});

/** What it is worth, as far as that can be told. */
export const worthOf = ({ amount, other }: Pick<Draft, 'amount' | 'other'>, { currency }: Pick<Offer, 'currency'>): number | undefined =>
  amount === 'other' ? meant(other, currency) : amount;

/** What can't be sent yet, by the field's pointer. Anything finer is for the server to say. */
export function wrong(draft: Draft, offer: Offer) {
  const amount = amissOf(worthOf(draft, offer), offer);
  const [to, email] = [draft.to.trim(), draft.email.trim()];
  return {
    ...(amount && { '/value_minor': `gift.amiss.${amount}` as const }),
    ...(to && !isAddress(to) && { '/recipient_email': 'who.email.wrong' as const }),
    ...(!draft.name.trim() && { '/buyer_name': 'gift.amiss.name' as const }),
    ...(!isAddress(email) && { '/buyer_email': email ? ('who.email.wrong' as const) : ('email.missing' as const) }),
  };
}

export function bodyOf(draft: Draft, offer: Offer, locale: string): Schema<'GiftInput'> {
  const to = draft.to.trim();
  return {
    value_minor: worthOf(draft, offer) ?? 0,
    buyer_name: draft.name.trim(),
    buyer_email: draft.email.trim(),
    recipient_name: draft.recipient.trim(),
    message: draft.message.trim(),
    locale,
    ...(to && { recipient_email: to }),
  };
}

const kept = (shop: string) => `openchair.gift.${shop}`;

/** What was typed stays until the tab is closed or the voucher is paid: whoever comes back changes a word of it. */
export const keep = (shop: string, draft: Draft | null): void => tab.set(kept(shop), draft && JSON.stringify(draft));

/** What was typed before, as far as it still fits what is offered. */
export function known(shop: string, offer: Offer): Draft {
  const fresh = empty(offer);
  try {
    const before = JSON.parse(tab.get(kept(shop)) ?? '{}') as Partial<Draft>;
    const stands = before.amount === 'other' || (before.amount !== undefined && offer.amounts_minor.includes(before.amount));
    return { ...fresh, ...before, amount: stands && before.amount ? before.amount : fresh.amount };
  } catch {
    return fresh;
  }
}
