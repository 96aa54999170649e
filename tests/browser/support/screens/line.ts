import type { Page } from '@playwright/test';
import { openLine, waiting } from '../queue';
import { at, dialog, type Screen } from './screen';

async function busy(page: Page): Promise<void> {
  const line = await openLine(page);
  for (const name of ['Ana Lima', 'Ben Osei', 'Cleo Dubois']) await waiting(page, line, name);
  await page.goto('/app/queue');
  await page.locator('[data-line] li').first().waitFor();
}

/** The walk-in line, for staff. */
export const LINE: Screen[] = [
  at('/app/queue', 'main .empty'),
  dialog('/app/queue', 'main .ways > button:last-child'),
  { name: '/app/queue with people', open: busy },
  {
    name: '/app/queue, about somebody',
    open: async (page) => {
      await busy(page);
      await page.locator('[data-line] li .presses button:last-child').first().click();
      await page.locator('dialog[open] .deeds').waitFor();
    },
  },
  {
    name: '/app/queue, what happened to somebody',
    open: async (page) => {
      await busy(page);
      await page.locator('[data-line] li .presses button:last-child').first().click();
      await page.locator('dialog[open] summary').click();
      await page.locator('dialog[open] details li').first().waitFor();
    },
  },
  at('/app/queue/keeping', 'form'),
  dialog('/app/queue/keeping', 'section[aria-labelledby=kiosks] .spread button'),
  at('/app/queue/accuracy', 'main .empty'),
];
