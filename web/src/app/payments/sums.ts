// What is reckoned with money before the server does: what is left, what differs, what is told.
import type { Schema } from '$lib/api/types';
import { amountOf } from '$lib/money';

type Payment = Schema<'PaymentView'>;

/** What can still be given back of a payment. */
export function leftOf({ state, amount_minor, refunded_minor }: Pick<Payment, 'state' | 'amount_minor' | 'refunded_minor'>): number {
  return state === 'paid' ? Math.max(0, amount_minor - refunded_minor) : 0;
}

/** What is meant to go back of so much that is left: what is too much for the visit, if anything is. A use of a pass goes
 *  back whole. */
export function meantBack({ way, ...payment }: Pick<Payment, 'way' | 'state' | 'amount_minor' | 'refunded_minor'>, excess: number): number {
  const left = leftOf(payment);
  return excess > 0 && way !== 'pass' ? Math.min(left, excess) : left;
}

/** What is wrong with an amount that was typed, if anything is. */
export function amissOf(typed: string, most: number, currency: string): 'amount' | 'most' | undefined {
  const amount = amountOf(typed, currency);
  if (amount === undefined || amount === 0) return 'amount';
  return amount > most ? 'most' : undefined;
}

/** A tip as it was typed: none is fine; undefined if that is no amount. */
export function tipOf(typed: string, currency: string): number | undefined {
  return typed.trim() === '' ? 0 : amountOf(typed, currency);
}

interface Taken {
  way: Schema<'PaymentWay'>;
  /** Without the tip */
  amount: number;
  tip: number;
  note: string;
}

/** What the server is told of a payment that was taken: its amount has the tip in it, as it has in every answer. */
export function taken({ way, amount, tip, note }: Taken): Schema<'PaymentInput'> {
  const text = note.trim();
  return { way, amount_minor: amount + tip, ...(tip > 0 && { tip_minor: tip }), ...(text && { note: text }) };
}

export type Difference = { look: 'none' | 'more' | 'less'; minor: number };

/** How what was counted differs from what should be there; nothing as long as no amount is typed. */
export function differenceOf(counted: string, expected: number, currency: string): Difference | undefined {
  const amount = amountOf(counted, currency);
  return amount === undefined ? undefined : differing(amount - expected);
}

/** A difference by its sign. */
export function differing(minor: number): Difference {
  return { look: minor === 0 ? 'none' : minor > 0 ? 'more' : 'less', minor: Math.abs(minor) };
}

/** What came by the ways of a day: money, and apart from it what was paid before. What nothing came or went by isn't
 *  told. */
export function apart(ways: readonly Schema<'WaySumView'>[]): [Schema<'WaySumView'>[], Schema<'WaySumView'>[]] {
  const used = ways.filter(({ count, refunded_minor }) => count > 0 || refunded_minor !== 0);
  return [used.filter(({ money }) => money), used.filter(({ money }) => !money)];
}
