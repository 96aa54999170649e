import type { Component } from 'svelte';
import { routeOf, type Route } from './routes';

export type Page = Component<{ name: string }>;

// Each is a file of its own: whoever looks at a visit doesn't load how one books.
const PAGES: Record<Route['page'], () => Promise<{ default: Page }>> = {
  booking: () => import('./booking/Booking.svelte'),
  visit: () => import('./visit/Visit.svelte'),
  offer: () => import('./offer/Offer.svelte'),
  waiting: () => import('./waiting/Waiting.svelte'),
};

/** The page of a path, and the name of what it shows: a shop, or the secret of a link. */
export async function pageOf(path: string): Promise<{ page: Page; name: string }> {
  const route = routeOf(path) ?? { page: 'booking' as const, shop: '' };
  const page = (await PAGES[route.page]()).default;
  return { page, name: 'shop' in route ? route.shop : route.token };
}
