// A voucher as the form holds it that sells one.
import type { Schema } from '$lib/api/types';
import { amountOf } from '$lib/money';
import type { TAKEN } from '../payments/ways';

/** How one pays at the desk. */
export type Taken = (typeof TAKEN)[number];

export interface Draft {
  value: string;
  way: Taken;
  location: string;
  customer: string;
  name: string;
  email: string;
  locale: string;
  message: string;
  months: string;
  note: string;
}

/** What one voucher may be worth at most, and for how long at most it may be good. */
const MOST = 10_000_000_000;
const LONGEST = 120;

export const empty = (location: string, customer = ''): Draft => ({
  value: '',
  way: 'cash',
  location,
  customer,
  name: '',
  email: '',
  locale: '',
  message: '',
  months: '36',
  note: '',
});

export function monthsTyped(text: string): number | undefined {
  const plain = text.trim();
  const months = /^\d{1,3}$/.test(plain) ? Number(plain) : 0;
  return months >= 1 && months <= LONGEST ? months : undefined;
}

/** What can't be sent yet, by the field's pointer. Whether an address is one, the server says. */
export function wrong(draft: Draft, currency: string): Record<string, 'amount' | 'months'> {
  const value = amountOf(draft.value, currency);
  return {
    ...((value === undefined || value === 0 || value > MOST) && { '/value_minor': 'amount' as const }),
    ...(monthsTyped(draft.months) === undefined && { '/months': 'months' as const }),
  };
}

export function bodyOf(draft: Draft, currency: string): Schema<'NewVoucher'> {
  const email = draft.email.trim();
  return {
    location: draft.location,
    value_minor: amountOf(draft.value, currency) ?? 0,
    way: draft.way,
    recipient_name: draft.name.trim(),
    message: draft.message.trim(),
    months: monthsTyped(draft.months) ?? 0,
    note: draft.note.trim(),
    ...(draft.customer && { customer: draft.customer }),
    // A language without anybody to write to says nothing.
    ...(email && { recipient_email: email, ...(draft.locale && { recipient_locale: draft.locale }) }),
  };
}
