import { t } from '$lib/i18n/index.svelte';
import { moment, money } from '../book/told';

export type Rules = {
  cancel_until: string;
  deposit_minor: number;
  currency: string;
  late_cancel_fee_percent?: number;
  no_show_fee_percent?: number;
  needs_approval?: boolean;
  asks_card?: boolean;
};

/** The rules of a visit, in sentences: what weighs on it first. */
export function termsOf(rules: Rules, zone: string, now = Date.now()): string[] {
  const told: string[] = [];
  const late = rules.late_cancel_fee_percent ?? 0;
  const missed = rules.no_show_fee_percent ?? 0;
  if (rules.needs_approval) told.push(t('terms.approval'));
  if (rules.deposit_minor > 0) told.push(t('terms.deposit', { amount: money(rules.deposit_minor, rules.currency) }));
  if (Date.parse(rules.cancel_until) > now) {
    told.push(t('terms.cancel', { when: moment(rules.cancel_until, zone) }));
    if (late > 0) told.push(t('terms.late', { percent: late }));
  } else {
    told.push(late > 0 ? t('terms.lateNow', { percent: late }) : t('terms.never'));
  }
  if (missed > 0) told.push(t('terms.missed', { percent: missed }));
  if (rules.asks_card) told.push(t('terms.card'));
  return told;
}
