// What is said of a voucher that somebody buys, by how it stands.
import type { Gift } from './gift.svelte';

type Standing = Pick<Gift, 'state' | 'code' | 'recipient_email'>;

/** Over it. One that is paid may show its code no more: it is used up, or its time here is over. */
export function headOf({ state, code }: Omit<Standing, 'recipient_email'>) {
  return state === 'paid' && !code ? 'gift.hidden' : (`gift.${state}` as const);
}

/** And what to do with it. */
export function leadOf({ state, code, recipient_email }: Standing) {
  if (state === 'over') return 'gift.over.lead';
  if (state !== 'paid') return undefined;
  if (!code) return 'gift.hidden.lead';
  return recipient_email ? 'gift.sent' : 'gift.show';
}
