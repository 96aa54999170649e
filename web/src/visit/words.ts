import type { Schema } from '$lib/api/types';
import { date, maybe, t } from '$lib/i18n/index.svelte';
import { sentenceOf } from '../book/sentence';
import { listed, moment, money } from '../book/told';

export type OwnVisit = Schema<'OwnVisitView'>;

/** Whom one sees, each once. */
export function whomOf(lines: Schema<'PublicLineView'>[]): string | undefined {
  const names = lines.map((line) => line.staff_name).filter((name) => name !== null && name !== undefined);
  return names.length > 0 ? listed([...new Set(names)]) : undefined;
}

export function sentenceOfVisit(visit: OwnVisit): string {
  return sentenceOf({
    what: visit.title,
    party: visit.party,
    who: whomOf(visit.lines),
    when: moment(visit.starts_at, visit.time_zone),
    price: money(visit.price_minor, visit.currency),
  });
}

/** How it stands: where no money makes it certain, a card does. */
const standing = ({ status, deposit_minor }: OwnVisit): string =>
  status === 'pending_payment' && deposit_minor === 0 ? 'pending_card' : status;

/** How it stands, in words. */
export function stateOf(visit: OwnVisit): string {
  const vars = { shop: visit.shop_name, amount: money(visit.deposit_minor, visit.currency) };
  return maybe(`state.${standing(visit)}`, vars) ?? t('state.confirmed', vars);
}

/** Over without having taken place. */
export const isOff = ({ status }: OwnVisit): boolean => ['cancelled', 'expired', 'no_show'].includes(status);

/** What the page of a visit says first. */
export function headingOf(visit: OwnVisit): string {
  const day = date(visit.starts_at, { weekday: 'long' }, visit.time_zone);
  const vars = { day, shop: visit.shop_name };
  return maybe(`look.${standing(visit)}`, vars) ?? t('look.confirmed', { day });
}

/** What may still be done with it, and until when; nothing of a visit that is over. */
export function ruleOf(visit: OwnVisit): string[] {
  const told: string[] = [];
  if (!['confirmed', 'pending_approval', 'pending_payment'].includes(visit.status)) return told;
  const at = (value: string) => moment(value, visit.time_zone);
  if (visit.may_move) told.push(t('rule.move', { when: at(visit.move_until) }));
  else if (visit.immovable.length > 0) told.push(t('rule.immovable'));
  if (visit.may_cancel && visit.cancel_fee_minor > 0) {
    told.push(t('rule.fee', { amount: money(visit.cancel_fee_minor, visit.currency) }));
  } else if (visit.may_cancel) told.push(t('rule.cancel', { when: at(visit.cancel_until) }));
  if (!visit.may_move && !visit.may_cancel) told.push(t('rule.call', { shop: visit.shop_name }));
  return told;
}
