import type { Page } from '@playwright/test';
import { busyDay } from '../busy';
import { dayIsKept, giveBack, takeAway } from '../kept';
import { visitToday } from '../today';
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
  // What it costs comes after what it is.
  await page.locator('dialog[open] .money dl').waitFor();
  await page.locator('dialog[open] .money ~ dl').waitFor();
}

/** The columns that this device shows a day in. */
const columns = (page: Page, kind: 'staff' | 'room') => page.evaluate((kind) => localStorage.setItem('openchair.columns', kind), kind);

/** The last known day, where nobody has answered since the page was opened. */
async function asOf(page: Page): Promise<void> {
  for (const name of ['Lena Sommer', 'Omar Farah']) await visitToday(page, name);
  // The present day is the one that is kept.
  await page.goto('/app');
  await visits(page).nth(1).waitFor();
  await dayIsKept(page);
  await takeAway(page);
  await page.reload();
  await page.locator('main [role=status] .notice').waitFor();
  await visits(page).nth(1).waitFor();
}

/** The day, the week and the month. As an owner. */
export const DAY: Screen[] = [
  // On some days of the week nobody works.
  at('/app', '.ledger, .empty'),
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
  { name: '/app/day, opened without a network', open: asOf, close: giveBack, away: true },
  {
    name: '/app/day, by rooms',
    open: async (page) => {
      await busyDay(page);
      await columns(page, 'room');
      await busy(page);
    },
    close: (page) => columns(page, 'staff'),
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
      // Today may be nearly over.
      const day = page.locator('dialog[open] input[type=date]');
      const tomorrow = new Date(Date.parse(`${await day.inputValue()}T00:00:00Z`) + 86_400_000);
      await day.fill(tomorrow.toISOString().slice(0, 10));
      await page.locator('dialog[open] fieldset label').nth(1).waitFor();
    },
  },
  at('/app/week', '.grid .meter'),
  at('/app/month/2026-11-01', '.grid .meter'),
];
