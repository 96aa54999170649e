// What a service is, in a few words: for its row of the menu, its folds, and its customers.
import { i18n, t } from '$lib/i18n/index.svelte';
import { lists, numbers } from '$lib/intl';
import { amountOf, money } from '$lib/money';
import { spell } from '../shared/lengths';
import type { Amiss, Draft, Service } from './draft';

const minutes = (count: number) => spell(count, i18n.tag);
export const percentOf = (count: number) =>
  numbers(i18n.tag, { style: 'percent', maximumFractionDigits: 0 }).format(count / 100);
export const listed = (words: string[]) => lists(i18n.tag).format(words);

/** What there is to know at a glance, besides length and price. */
export function traits(service: Service): string[] {
  const { deposit, currency } = service;
  const value = deposit.value ?? 0;
  return [
    !service.online && t('services.trait.offline'),
    service.members_only && t('services.trait.members'),
    service.min_customers === 2 && t('services.trait.two'),
    service.min_customers === 1 && service.max_customers === 2 && t('services.trait.either'),
    deposit.kind === 'fixed' && t('services.trait.deposit', { value: money(value, currency, i18n.tag) }),
    deposit.kind === 'percent' && t('services.trait.deposit', { value: percentOf(value) }),
    service.form_ids.length > 0 && t('services.trait.forms', { count: service.form_ids.length }),
  ].filter((each) => each !== false);
}

/** One line for each fold, while it is closed. */
export function says(draft: Draft, currency: string) {
  const price = amountOf(draft.depositValue, currency);
  const before = Number(draft.before) || 0;
  const after = Number(draft.after) || 0;
  const rules = Object.keys(draft.policy).length;
  return {
    text: draft.description.trim() || t('services.text.none'),
    who: [
      draft.online ? t('services.who.online') : t('services.trait.offline'),
      t(`services.trait.${draft.party}`),
      draft.membersOnly && t('services.trait.members'),
    ]
      .filter(Boolean)
      .join(' · '),
    deposit:
      draft.deposit === 'none'
        ? t('services.deposit.none')
        : draft.deposit === 'fixed'
          ? price === undefined ? t('services.deposit.fixed') : money(price, currency, i18n.tag)
          : percentOf(Number(draft.depositValue) || 0),
    buffers:
      before + after === 0
        ? t('services.buffers.none')
        : [
            before > 0 && t('services.buffers.before_says', { length: minutes(before) }),
            after > 0 && t('services.buffers.after_says', { length: minutes(after) }),
          ]
            .filter(Boolean)
            .join(' · '),
    needs: [
      t(`services.staff.${draft.staff}`),
      draft.needsRoom ? t('services.room.says') : t('services.room.none'),
      ...(draft.needsRoom ? draft.features : []),
    ].join(' · '),
    addons: draft.addons.length === 0 ? t('services.addons.none') : t('services.addons.says', { count: draft.addons.length }),
    forms: draft.forms.length === 0 ? t('services.forms.none') : t('services.trait.forms', { count: draft.forms.length }),
    rules: rules === 0 ? t('services.rules.none') : t('services.rules.says', { count: rules }),
  };
}

const AMISS = {
  name: 'menu.amiss.name',
  length: 'menu.amiss.length',
  amount: 'menu.amiss.amount',
  percent: 'menu.amiss.percent',
  deposit: 'menu.amiss.deposit',
} as const satisfies Record<Amiss, string>;

/** What is amiss, in words. */
export function told(wrong: Record<string, Amiss>): Record<string, string> {
  return Object.fromEntries(Object.entries(wrong).map(([pointer, amiss]) => [pointer, t(AMISS[amiss])]));
}
