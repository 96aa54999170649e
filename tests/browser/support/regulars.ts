import type { Page } from '@playwright/test';
import { call, mailedLink } from './people';
import { bookedVisit, colleague, openShop, type Open } from './shop';

export interface Regular extends Open {
  email: string;
  /** The path of the page of the visit that is to come. */
  coming: string;
}

/** Somebody who has a visit before them at a shop, and one that they called off. */
export async function regular(page: Page): Promise<Regular> {
  const shop = await openShop(page, colleague);
  const off = await bookedVisit(page, shop.slug);
  await call(page, 'POST', `/v1${off}/cancel`, {});
  const coming = await bookedVisit(page, shop.slug);
  return { ...shop, coming, email: `nina-${shop.slug}@example.com` };
}

/** The link to their visits, as it is mailed to them. */
export async function linkOf(page: Page, { email }: Regular): Promise<string> {
  await call(page, 'POST', '/v1/regulars/link', { email });
  return mailedLink(page, email, '/me');
}
