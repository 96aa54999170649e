// Days and amounts of what is sold ahead, as people read them.
import { api, ask } from '$lib/api/client';
import type { Schema } from '$lib/api/types';
import { t } from '$lib/i18n/index.svelte';
import { dayText } from '../day/words';
import { dateOf, later } from '../day/days';

/** A civil day ("2026-11-22") in words. */
export const day = (text: string): string => dayText(text, { dateStyle: 'medium' });

/** The last day of what ends the day before this one. */
export const lastDay = (end: string): string => day(later(end, -1));

/** Who sold it: nobody did what was bought on the page of the business. */
export const seller = (name: string): string => (name === 'online' ? t('sold.online') : name);

export const today = (zone: string): string => dateOf(new Date(), zone);

/** What prices are in. */
export const coin = async (): Promise<string> => (await ask(api.GET('/v1/tenant'))).currency;

type Payment = Schema<'PaymentView'>;
/** How many pages of payments are looked through for those by one voucher or pass. */
const PAGES = 5;

/** What one voucher or pass paid for since it was sold, the newest first. */
export async function paidWith(way: 'voucher' | 'pass', { id, created_at }: { id: string; created_at: string }): Promise<Payment[]> {
  const found: Payment[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const query = { way, from: created_at, limit: 100, ...(cursor && { cursor }) };
    const { items, next_cursor } = await ask(api.GET('/v1/payments', { params: { query } }));
    found.push(...items.filter((each) => each[way] === id));
    if (!next_cursor) break;
    cursor = next_cursor;
  }
  return found;
}

/** How something was paid that was sold, and what of that went back. */
export const paidFor = async (sale: string): Promise<Payment[]> =>
  (await ask(api.GET('/v1/payments', { params: { query: { sale, limit: 20 } } }))).items;
