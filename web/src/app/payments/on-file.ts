// What is told of a visit's card on file, and of the fee that is taken from it.
import type { Schema } from '$lib/api/types';

type Money = Schema<'VisitMoneyView'>;
type Payment = Schema<'PaymentView'>;
type Told = Pick<Payment, 'kind' | 'off_session' | 'state' | 'trouble'>;

/** The fee that couldn't be taken from the card, as long as it is open: the last try counts. */
export function declinedFee<One extends Told>(payments: readonly One[], open_minor: number): One | undefined {
  if (open_minor === 0) return undefined;
  const last = payments.find(({ kind, off_session }) => kind === 'fee' && off_session);
  return last?.state === 'over' && last.trouble ? last : undefined;
}

/** A reason in the provider's words, to be said within a sentence. */
export const within = (trouble: string): string => trouble.trim().replace(/\.$/, '');

/** Whether staff can take the card away: one is there, and no fee is due or being taken. */
export function isRemovable({ card, fee_at, fee_minor, open_minor }: Pick<Money, 'card' | 'fee_at' | 'fee_minor' | 'open_minor'>): boolean {
  return card.state === 'left' && !fee_at && !(fee_minor > 0 && open_minor > 0);
}
