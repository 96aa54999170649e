import type { Page } from '@playwright/test';
import { planned, shutShop } from '../plan';
import type { Schema } from '../schema';
import { openShop, type Open } from '../shop';
import type { Screen } from './screen';

type Plan = Schema<'OwnPlanView'>;
const days = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString();
const PAYS: Partial<Plan> = { plan: 'team', name: 'Team', subscribed: true, pays_minor: 4900, pays_currency: 'USD' };
const FULL: Partial<Plan> = {
  staff: { used: 10, limit: 10 },
  locations: { used: 3, limit: 2 },
  texts: { used: 1234, limit: 1500 },
};

/** A plan that stands like this, as far as the page hears. */
const plan = (name: string, more: Partial<Plan>, path = '/app/plan', ready = 'main .stands'): Screen => ({
  name: `${path}, ${name}`,
  open: async (page) => {
    await planned(page, more);
    await page.goto(path);
    await page.locator(ready).first().waitFor();
  },
  close: (page) => page.unrouteAll(),
});

/** A question before something is taken or changed. */
const sure = (name: string, more: Partial<Plan>): Screen => ({
  ...plan(name, more),
  open: async (page) => {
    await planned(page, more);
    await page.goto('/app/plan');
    await page.locator('main .offers button').last().click();
    await page.locator('dialog[open] .row button').last().waitFor();
  },
});

/** The business's own plan, and what every page says of it. As an owner. */
export const PLAN: Screen[] = [
  plan('given', { standing: 'free', at: null, charged: false, plans: [] }),
  plan('the trial is over', { standing: 'trial_over', at: days(5) }),
  plan('paid', { ...PAYS, standing: 'paid', at: days(20) }),
  plan('ending, and full', { ...PAYS, ...FULL, standing: 'ending', at: days(9) }),
  plan('past due', { ...PAYS, standing: 'past_due', at: days(4) }),
  plan('read only', { standing: 'read_only', at: days(-3) }),
  {
    name: '/app/plan, the provider can’t be asked',
    open: async (page) => {
      await planned(page, { standing: 'trial', at: days(9) });
      await page.route('**/v1/plan/look', (route) =>
        route.fulfill({ status: 409, contentType: 'application/problem+json', json: { code: 'try_again', status: 409 } }),
      );
      await page.goto('/app/plan?back=1');
      await page.getByRole('alert').waitFor();
    },
    close: (page) => page.unrouteAll(),
    refusal: 409,
  },
  sure('taking one', { standing: 'trial', at: days(9) }),
  sure('changing it', { ...PAYS, standing: 'paid', at: days(20) }),
  plan('the trial ends soon', { standing: 'trial', at: days(2) }, '/app/services', 'main aside'),
  plan('read only', { standing: 'read_only', at: days(-3) }, '/app/services', 'main aside.read_only'),
];

const SHOPS = new WeakMap<Page, Promise<Open>>();
const shop = (page: Page): Promise<Open> => {
  const known = SHOPS.get(page) ?? openShop(page);
  SHOPS.set(page, known);
  return known;
};

const shut = (name: string, path: (slug: string) => string, ready: string): Screen => ({
  name,
  open: async (page) => {
    const { slug } = await shop(page);
    await shutShop(page, slug);
    await page.goto(path(slug));
    await page.locator(ready).first().waitFor();
  },
  close: (page) => page.unrouteAll(),
});

/** What customers see of a shop that takes nothing new. */
export const PAUSED: Screen[] = [
  shut('/{shop}, nothing new is taken', (slug) => `/${slug}`, 'main h1'),
  shut('/{shop}/queue, nothing new is taken', (slug) => `/${slug}/queue`, 'main .notice.warn'),
];
