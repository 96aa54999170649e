import type { Schema } from '$lib/api/types';
import { date, i18n } from '$lib/i18n/index.svelte';
import { money } from '$lib/money';
import type { Tone } from '../tone';

type Payment = Schema<'PaymentView'>;
export type Way = Payment['way'];

/** How one pays: at the desk, and everywhere. */
export const TAKEN = ['cash', 'terminal', 'other'] as const;
/** What was paid before: no money comes by these. */
export const AHEAD = ['voucher', 'pass'] as const;
export const WAYS: readonly Way[] = ['card', ...TAKEN, ...AHEAD];

/** Where a payment goes back to. */
export function backTo(way: Way): 'by_card' | 'by_voucher' | 'by_pass' | 'by_hand' {
  if (way === 'card' || way === 'voucher' || way === 'pass') return `by_${way}`;
  return 'by_hand';
}

/** The page of what a payment was for: the visit, or those who bought something; the list of such things, where
 *  nobody is named. */
export function pageOf({ visit, sale, customer }: Pick<Payment, 'visit' | 'sale' | 'customer'>, can: (right: string) => boolean): string | undefined {
  if (visit) return can('booking:read') || can('booking:read_own') ? `/app?visit=${visit}` : undefined;
  if (!sale) return undefined;
  if (customer && can('customer:read')) return `/app/customers/${customer}`;
  return { voucher: '/app/sold', pass: '/app/sold/passes', membership: '/app/sold/memberships' }[sale.what];
}

/** How a payment stands, at a glance. */
export function markOf({ state, amount_minor, refunded_minor }: Payment): { glyph: string; tone: Tone } {
  if (state === 'over') return { glyph: '–', tone: 'off' };
  if (state !== 'paid') return { glyph: '○', tone: 'wait' };
  if (refunded_minor === 0) return { glyph: '✓', tone: 'good' };
  return refunded_minor < amount_minor ? { glyph: '◐', tone: 'warn' } : { glyph: '↩', tone: 'off' };
}

export const sum = (minor: number, currency: string): string => money(minor, currency, i18n.tag);

/** A moment on a place's clock. */
export const moment = (at: string, zone: string): string => date(at, { dateStyle: 'medium', timeStyle: 'short' }, zone);
