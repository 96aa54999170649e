import type { Component } from 'svelte';
import { i18n, type PartName } from '$lib/i18n/index.svelte';
import { routeOf, type Route } from './routes';

export type Page = Component<{ name: string }>;

// Each is a file of its own: whoever looks at a visit doesn't load how one books. Some know their words themselves.
const PAGES: Record<Route['page'], () => Promise<{ default: Page }>> = {
  booking: () => import('./booking/Booking.svelte'),
  visit: () => import('../visit/Visit.svelte'),
  gift: () => import('../gift/late').then(({ givePage }) => givePage()),
  given: () => import('../gift/late').then(({ givenPage }) => givenPage()),
  offer: () => import('../waiting/Offer.svelte'),
  // It is about nobody that the address names.
  regulars: () => import('../regulars/Regulars.svelte') as Promise<{ default: Component }>,
  waiting: () => import('../waiting/Waiting.svelte'),
};

/** The words that a path's page needs before it is there. */
export function wordsOf(path: string): PartName[] {
  const page = routeOf(path)?.page;
  return page === 'regulars' || page === 'visit' ? ['ui', 'book', page] : ['ui', 'book'];
}

/** The page of a path, and the name of what it shows: a shop, or the secret of a link. */
export async function pageOf(path: string): Promise<{ page: Page; name: string }> {
  const route = routeOf(path) ?? { page: 'booking' as const, shop: '' };
  const [{ default: page }] = await Promise.all([PAGES[route.page](), i18n.need(wordsOf(path))]);
  if (route.page === 'regulars') return { page, name: 'me' };
  return { page, name: 'shop' in route ? route.shop : route.token };
}
