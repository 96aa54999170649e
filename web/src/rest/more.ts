import type { Schema } from '$lib/api/types';

type Own = Schema<'OwnPaymentView'>;

/** What can be paid besides: what is still open, with a tip or without, or a tip alone. */
export function moreOf({ may_pay_all, open_minor }: Pick<Own, 'may_pay_all' | 'open_minor'>): 'rest' | 'tip' | undefined {
  if (!may_pay_all) return undefined;
  return open_minor > 0 ? 'rest' : 'tip';
}
