import { packageOf, peopleOf, priceOf, servicesOf } from '../choice';
import { sentenceOf } from '../sentence';
import { listed, moment, money } from '../told';
import type { Flow } from './flow.svelte';
import { t } from '$lib/i18n/index.svelte';

/** What is chosen, as one thing: services with their add-ons, or a package. */
export function whatOf({ choice, shop }: Flow): string {
  const own = packageOf(choice, shop);
  if (own) return own.name;
  const extras = shop.addons.filter(({ id }) => choice.items.some(({ addons }) => addons.includes(id)));
  return listed([...servicesOf(choice, shop), ...extras].map(({ name }) => name));
}

/** What it costs, as exactly as is known by now. */
export function costOf({ choice, shop, hold, quote }: Flow): string {
  if (hold) return money(hold.price_minor, hold.currency);
  const least = quote?.price_from_minor ?? priceOf(choice, shop);
  const told = money(least, shop.currency);
  return quote && quote.price_to_minor > least ? t('price.from', { price: told }) : told;
}

/** The sentence of a booking, as far as it goes. */
export function said(flow: Flow): string {
  const { choice, shop, hold } = flow;
  const got = hold?.lines.map((line) => line.staff_name).filter((name) => name !== null && name !== undefined) ?? [];
  const chosen = peopleOf(choice).flatMap((staff) => shop.staff.find(({ id }) => id === staff)?.name ?? []);
  const names = got.length > 0 ? got : chosen;
  return sentenceOf({
    what: whatOf(flow),
    party: choice.party,
    who: names.length > 0 ? listed([...new Set(names)]) : undefined,
    when: hold ? moment(hold.start, flow.zone) : undefined,
    price: costOf(flow),
  });
}
