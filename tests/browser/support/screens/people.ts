import type { Page } from '@playwright/test';
import { call } from '../people';
import { at, dialog, type Screen } from './screen';

/** A page of the first of the staff. */
const first = (part: string, ready: string, then?: (page: Page) => Promise<unknown>): Screen => ({
  name: `/app/staff/:id, ${part}`,
  open: async (page) => {
    if (!page.url().startsWith('http')) await page.goto('/app/staff');
    const { items } = await call<{ items: { id: string }[] }>(page, 'GET', '/v1/staff');
    await page.goto(`/app/staff/${items[0]?.id}?part=${part.split(',')[0]}`);
    await page.locator(ready).first().waitFor();
    await then?.(page);
  },
});

export const PEOPLE: Screen[] = [
  at('/app/staff', 'main li a'),
  dialog('/app/staff', 'main .row .row > button:last-child'),
  first('week', '.week li'),
  first('services', 'section .head', (page) => page.locator('section .head button').first().click()),
  first('days', '[role=grid] td[data-day]'),
  first('days, its dialog', '[role=grid] td.able', async (page) => {
    await page.locator('[role=grid] td.able').first().click();
    await page.locator('dialog[open] form').waitFor();
    await page.locator('dialog[open] input[value=other]').check();
  }),
  first('days, time off', 'section[aria-labelledby=away] button', async (page) => {
    await page.locator('section[aria-labelledby=away] button').last().click();
    await page.locator('dialog[open] form').waitFor();
    await page.locator('dialog[open] input[type=checkbox]').uncheck();
  }),
  first('about', 'form'),
];
