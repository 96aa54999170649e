import type { Page } from '@playwright/test';
import { twoPlans } from '../menu';
import { bookedVisit, colleague, openShop, waitingPlace, type Open } from '../shop';
import type { Screen } from './screen';

// One shop for all screens of a test; each test signs its own up.
const SHOPS = new WeakMap<Page, Promise<Open>>();
const shopOf = (page: Page): Promise<Open> => {
  const shop = SHOPS.get(page) ?? openShop(page, colleague);
  SHOPS.set(page, shop);
  return shop;
};

const PLANS = new WeakMap<Page, Promise<Open>>();

/** From the menu on, as far as somebody taps along. */
async function menu(page: Page, tap: number): Promise<void> {
  const { slug } = await shopOf(page);
  await page.goto(`/${slug}`);
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  const rows = page.locator('main section li button');
  await rows.first().waitFor();
  if (tap < 1) return;
  await rows.first().click();
  await page.locator('main ul li button i').first().waitFor();
  if (tap < 2) return;
  await page.locator('main ul li button').first().click();
  await rows.first().waitFor();
  if (tap < 3) return;
  await rows.last().click();
  await page.locator('#who').waitFor();
  if (tap < 4) return;
  await page.locator('button[form=who]').click();
  await page.locator('[aria-invalid=true]').first().waitFor();
}

const VISITS = new WeakMap<Page, Promise<string>>();
const visitOf = async (page: Page): Promise<string> => {
  const { slug } = await shopOf(page);
  const path = VISITS.get(page) ?? bookedVisit(page, slug);
  VISITS.set(page, path);
  return path;
};

const visit = (task: string, ready: string): Screen => ({
  name: `/b/{token}${task}`,
  open: async (page) => {
    await page.goto((await visitOf(page)) + task);
    await page.locator(ready).first().waitFor();
  },
});

export const BOOK: Screen[] = [
  { name: '/{shop}', open: (page) => menu(page, 0) },
  { name: '/{shop}, with whom', open: (page) => menu(page, 1) },
  { name: '/{shop}, when', open: (page) => menu(page, 2) },
  { name: '/{shop}, who', open: (page) => menu(page, 3) },
  { name: '/{shop}, who, with faults', open: (page) => menu(page, 4) },
  {
    name: '/{shop}, the waiting list',
    open: async (page) => {
      await menu(page, 2);
      await page.goto(`${new URL(page.url()).pathname}?step=wait`);
      await page.locator('form').waitFor();
    },
  },
  {
    name: '/{shop}, with memberships',
    open: async (page) => {
      const shop = PLANS.get(page) ?? openShop(page, twoPlans);
      PLANS.set(page, shop);
      await page.goto(`/${(await shop).slug}`);
      await page.locator('main section h3').first().waitFor();
    },
  },
  visit('', 'dl'),
  visit('?do=move', 'section li button'),
  visit('?do=cancel', 'form'),
  visit('?do=again', 'form'),
  visit('?do=messages', 'form'),
  {
    name: '/w/{token}',
    open: async (page) => {
      const { slug } = await shopOf(page);
      await page.goto(await waitingPlace(page, slug));
      await page.locator('main .card').waitFor();
    },
  },
];
