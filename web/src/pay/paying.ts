// How long one asks whether a payment came: often at first, since most are there at once, and less and less often.
import type { Schema } from '$lib/api/types';

type Own = Schema<'OwnPaymentView'>;
/** How a visit's payment stands, or that of a voucher that somebody buys. */
export type State = Own['state'] | Schema<'GiftView'>['state'];

/** Seconds before each further look. */
const PAUSES = [1, 2, 4, 7, 10, 15];
/** Whoever left the page for cards without paying isn't kept waiting for long. */
const WHILE_DUE = 2;

/** How many milliseconds after so many looks the next one comes; nothing once there is no use in another. Without a
 *  state the last look had no answer. */
export function pauseAfter(state: State | undefined, looks: number): number | undefined {
  if (isSettled(state)) return undefined;
  const pauses = state === 'due' || state === 'open' ? PAUSES.slice(0, WHILE_DUE) : PAUSES;
  const pause = pauses[looks - 1];
  return pause && pause * 1000;
}

/** Whether there is nothing to wait for. */
export function isSettled(state: State | undefined): boolean {
  return state === 'paid' || state === 'nothing' || state === 'over';
}

/** How the fee of a visit that didn't take place comes: from the card that was left, by whoever pays it here since that
 *  card was declined, or by whoever pays it here at all. Nothing where none is open. */
export function feeOf({ state, amount_minor, card, fee_declined }: Pick<Own, 'state' | 'amount_minor' | 'card' | 'fee_declined'>) {
  if (state !== 'due' || amount_minor === 0) return undefined;
  if (fee_declined) return 'declined';
  return card === 'left' ? 'by_itself' : 'by_hand';
}

/** Whether there is something to say of a card, and of no money. */
export function isOfCard({ card, amount_minor, paid_minor, may_pay_all }: Pick<Own, 'card' | 'amount_minor' | 'paid_minor' | 'may_pay_all'>) {
  return card !== 'none' && amount_minor === 0 && paid_minor === 0 && !may_pay_all;
}
