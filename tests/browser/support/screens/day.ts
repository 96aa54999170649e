import type { Page } from '@playwright/test';
import { busyDay } from '../busy';
import { at, dialog, type Screen } from './screen';

const visits = (page: Page) => page.locator('.ledger a.visit, .list li a').filter({ visible: true });

async function busy(page: Page): Promise<void> {
  const day = await busyDay(page);
  await page.goto(`/app/day/${day}`);
  await visits(page).nth(3).waitFor();
}

async function visit(page: Page): Promise<void> {
  await busy(page);
  await visits(page).filter({ hasText: 'Maximiliane' }).first().click();
  await page.locator('dialog[open] dl').waitFor();
}

/** The day, the week and the month. As an owner. */
export const DAY: Screen[] = [
  at('/app', '.ledger, .list .empty'),
  dialog('/app', '.tools button'),
  {
    name: '/app, a visit of two services',
    open: async (page) => {
      await page.goto('/app');
      await page.locator('.tools button').click();
      const what = page.locator('dialog[open] select').first();
      await what.locator('option').nth(2).waitFor({ state: 'attached' });
      await what.selectOption({ index: 1 });
      await page.locator('dialog[open] .one').first().waitFor();
      await page.locator('dialog[open] .one ~ select').selectOption({ index: 2 });
      await page.locator('dialog[open] .hands').nth(1).waitFor();
    },
  },
  { name: '/app/day, many at once', open: busy },
  {
    name: '/app/day, the network away',
    open: async (page) => {
      await busy(page);
      await page.evaluate(() => dispatchEvent(new Event('offline')));
      await page.locator('.dot.away').waitFor();
    },
  },
  { name: '/app/day, a visit', open: visit },
  {
    name: '/app/day, a visit called off',
    open: async (page) => {
      await visit(page);
      await page.locator('dialog[open] .deeds button').last().click();
      await page.locator('dialog[open] form').waitFor();
    },
  },
  {
    name: '/app/day, a visit moved',
    open: async (page) => {
      await visit(page);
      await page.locator('dialog[open] .deeds button:not(.danger)').last().click();
      await page.locator('dialog[open] form input[type=date]').waitFor();
    },
  },
  {
    name: '/app, a walk-in gets a time',
    open: async (page) => {
      await busyDay(page);
      await page.goto('/app');
      await page.locator('aside button[title]').first().click();
      await page.locator('dialog[open] fieldset label').nth(1).waitFor();
    },
  },
  at('/app/week', '.grid .meter'),
  at('/app/month/2026-11-01', '.grid .meter'),
];
