import type { Page } from '@playwright/test';
import { at, type Screen } from './screen';

const step = (name: string): Screen => ({
  name: `/app/welcome?step=${name}`,
  atEnd: true,
  open: async (page) => {
    await page.goto(`/app/welcome?step=${name}`);
    await page.locator('main h1').waitFor();
  },
});

/** A step with something in it that isn't right yet. */
const amiss = (name: string, spoil: (page: Page) => Promise<unknown>): Screen => ({
  name: `/app/welcome?step=${name}, amiss`,
  atEnd: true,
  open: async (page) => {
    await page.goto(`/app/welcome?step=${name}`);
    await page.locator('main form').waitFor();
    await spoil(page);
    await page.locator('main form .amiss').first().waitFor();
  },
});

/** The walk of a new shop, and its poster. As an owner. */
export const WELCOME: Screen[] = [
  step('services'),
  step('hours'),
  step('people'),
  step('look'),
  step('open'),
  amiss('services', async (page) => {
    await page.locator('main section button').first().click();
    await page.locator('main form li input[inputmode=numeric]').first().fill('?');
    await page.locator('main form button[type=submit]').click();
  }),
  amiss('people', async (page) => {
    await page.locator('main section > div button').click();
    await page.locator('main form li input[type=text]').first().fill('');
    await page.locator('main form button[type=submit]').click();
  }),
  {
    name: '/app/welcome, the page instead of the form',
    open: async (page) => {
      // There is no room for both here.
      const wide = page.viewportSize() ?? { width: 1280, height: 800 };
      await page.setViewportSize({ width: 768, height: 1024 });
      await page.goto('/app/welcome?step=look');
      await page.locator('main button[aria-pressed]').click();
      await page.locator('main iframe').waitFor();
      await page.setViewportSize(wide);
    },
  },
  at('/app/poster', 'main img'),
  at('/app/site', 'main pre'),
];
