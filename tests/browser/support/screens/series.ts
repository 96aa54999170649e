import type { Page } from '@playwright/test';
import { askForSeries, once, series, weekly, type Weekly } from '../series';
import type { Screen } from './screen';

/** The times of the business that is looked at; another language has another business. */
const SHOPS = new WeakMap<Page, Weekly>();

async function shopOf(page: Page): Promise<Weekly> {
  const known = SHOPS.get(page) ?? (await weekly(page));
  SHOPS.set(page, known);
  return known;
}

const made = new WeakMap<Page, string>();

async function seriesOf(page: Page): Promise<string> {
  const shop = await shopOf(page);
  const id = made.get(page) ?? (await series(page, shop, 'Inés Duarte'));
  made.set(page, id);
  return id;
}

async function pageOf(page: Page): Promise<void> {
  await page.goto(`/app/series/${await seriesOf(page)}`);
  await page.locator('main ol li').first().waitFor();
}

/** A visit that comes again, at the desk; and what keys do. As an owner. */
export const SERIES: Screen[] = [
  {
    name: 'a new visit that comes again, with what can’t be had',
    open: async (page) => {
      const known = SHOPS.has(page);
      const shop = await shopOf(page);
      if (!known) await once(page, shop, 1, 'Omar Farah');
      await askForSeries(page, shop, 'Ana Lima');
      await page.locator('li.taken button').first().waitFor();
    },
  },
  {
    name: '/app/series/{id}',
    open: async (page) => {
      if (!made.has(page)) SHOPS.set(page, await weekly(page));
      await pageOf(page);
    },
  },
  {
    name: '/app/series/{id}, calling all off',
    open: async (page) => {
      await pageOf(page);
      await page.locator('main .row .danger').first().click();
      await page.locator('dialog[open] form').waitFor();
    },
  },
  {
    name: '/app/series/{id}, moving all',
    open: async (page) => {
      await pageOf(page);
      await page.locator('main .row .plain').first().click();
      await page.locator('dialog[open] fieldset ul button').last().click();
      await page.locator('dialog[open] ol li').first().waitFor();
    },
  },
  {
    name: 'the palette',
    open: async (page) => {
      await pageOf(page);
      await page.keyboard.press('Control+k');
      await page.locator('dialog[open] [role=option]').first().waitFor();
    },
  },
  {
    name: 'what keys do',
    open: async (page) => {
      await pageOf(page);
      await page.keyboard.press('?');
      await page.locator('dialog[open] kbd').first().waitFor();
    },
  },
];
