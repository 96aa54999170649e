import type { Page } from '@playwright/test';
import { at, type Screen } from '../support/screens/screen';

/** Signs in as the owner of a demo business, which has a busy day. */
export async function busyOwner(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await page.locator('[name=email]').fill('owner@lagoon.demo');
  await page.locator('[name=password]').fill('please-take-a-seat');
  await page.locator('form button[type=submit]').click();
  await page.waitForURL('**/app**');
}

/** What a customer sees of a business that has much to show. */
export const FULL_OUTSIDE: Screen[] = [at('/lagoon', 'main section li'), at('/six-chairs/queue', 'form'), at('/six-chairs/tv', '.board li')];

/** What staff see of it. */
export const FULL: Screen[] = [
  at('/app', '.ledger'),
  at('/app/week', '.grid .meter'),
  at('/app/month', '.grid .meter'),
  at('/app/queue', 'main h1'),
  at('/app/customers', '.list li'),
  at('/app/services', 'main ol li a'),
  at('/app/packages', 'main h1'),
  at('/app/memberships', 'main h1'),
  at('/app/staff', 'main li a'),
  at('/app/places', 'main li h2'),
  at('/app/messages', 'main h1'),
  at('/app/audit', 'main ol li'),
];
