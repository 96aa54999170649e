import type { Page } from '@playwright/test';
import { call } from '../people';
import type { Part } from './index';
import { at, type Screen } from './screen';

/** Signs in as the owner of a demo business, which has a busy day. */
async function busyOwner(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await call(page, 'POST', '/v1/auth/sign-in', { email: 'owner@lagoon.demo', password: 'please-take-a-seat' });
}

/** What a customer sees of a business that has much to show. */
const OUTSIDE: Screen[] = [at('/lagoon', 'main section li'), at('/six-chairs/queue', 'main .hero'), at('/six-chairs/tv', '.board')];

/** What staff see of it. */
const INSIDE: Screen[] = [
  at('/app', '.ledger, .list .empty'),
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

/** Businesses of the demo data. */
export const FULL: Part[] = [
  { name: 'busy-outside', screens: OUTSIDE },
  { name: 'busy', screens: INSIDE, enter: busyOwner },
];
