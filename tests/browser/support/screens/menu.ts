import type { Page } from '@playwright/test';
import { call } from '../people';
import { at, dialog, type Screen } from './screen';

interface Item {
  id: string;
  name: string;
}

/** The first of a list that the starter kit brought, or one that is made here. */
async function first(page: Page, path: string, make?: (category: string, service: string) => object): Promise<string> {
  const { items } = await call<{ items: Item[] }>(page, 'GET', path);
  if (items[0]) return items[0].id;
  const category = await first(page, '/v1/categories');
  const service = await first(page, '/v1/services');
  const made = await call<Item>(page, 'POST', path, make?.(category, service));
  return made.id;
}

const one = (name: string, list: string, pages: string, ready: string, make?: Parameters<typeof first>[2]): Screen => ({
  name,
  open: async (page) => {
    await page.goto(`${pages}/${await first(page, list, make)}`);
    await page.locator(ready).first().waitFor();
  },
});

/** What the business offers. As an owner. */
export const MENU: Screen[] = [
  at('/app/services', 'main ol li a'),
  dialog('/app/services', '#page > .tools > button:first-child'),
  {
    name: '/app/services, put in order',
    open: async (page) => {
      await page.goto('/app/services');
      await page.locator('#page > .tools > button').nth(1).click();
      await page.locator('.handle').first().waitFor();
    },
  },
  {
    name: '/app/services/new, all of it',
    open: async (page) => {
      await page.goto('/app/services/new');
      await page.locator('summary').first().waitFor();
      for (const fold of await page.locator('main summary').all()) await fold.click();
    },
  },
  one('/app/services/:id', '/v1/services', '/app/services', 'summary'),
  {
    name: '/app/services/:id, off the menu',
    open: async (page) => {
      await page.goto(`/app/services/${await first(page, '/v1/services')}`);
      await page.locator('main .button.danger').click();
      await page.locator('dialog[open] .button.danger').waitFor();
    },
  },
  at('/app/addons', 'main .empty'),
  dialog('/app/addons', 'main .empty button'),
  at('/app/packages', 'main .empty'),
  one('/app/packages/:id', '/v1/packages', '/app/packages', 'main form', (category_id, service) => ({
    name: 'Two of it',
    category_id,
    mode: 'sequence',
    price_minor: 9900,
    service_ids: [service, service],
  })),
  at('/app/packages', 'main .grid li'),
  at('/app/memberships', 'main .empty'),
  one('/app/memberships/:id', '/v1/membership-plans', '/app/memberships', 'main form', (category_id) => ({
    name: 'Friends',
    category_id,
    period: 'month',
    price_minor: 4900,
    benefits: ['A drink at every visit', 'A smile'],
  })),
  at('/app/memberships', 'main ol li'),
  at('/app/forms', 'main .empty'),
  one('/app/forms/:id', '/v1/forms', '/app/forms', 'main form', () => ({
    name: 'Before a massage',
    kind: 'intake',
    questions: [
      { kind: 'yes_no', label: 'Any allergies?', required: true },
      { kind: 'choice', label: 'How firm?', choices: ['Soft', 'Firm'] },
    ],
  })),
  at('/app/forms', 'main ul li a'),
];
