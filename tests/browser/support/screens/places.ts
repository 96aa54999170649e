import type { Page } from '@playwright/test';
import { call } from '../people';
import { at, dialog, type Screen } from './screen';

/** A page of the first location. */
const first = (part: string, ready: string, then?: (page: Page) => Promise<unknown>): Screen => ({
  name: `/app/places/:id, ${part}`,
  open: async (page) => {
    if (!page.url().startsWith('http')) await page.goto('/app/places');
    const { items } = await call<{ items: { id: string }[] }>(page, 'GET', '/v1/locations');
    await page.goto(`/app/places/${items[0]?.id}?part=${part.split(',')[0]}`);
    await page.locator(ready).first().waitFor();
    await then?.(page);
  },
});

export const PLACES: Screen[] = [
  at('/app/places', 'main li h2'),
  dialog('/app/places', 'main > .row > button'),
  dialog('/app/places', 'section[aria-labelledby=closures] .row > button'),
  first('hours', '.week li'),
  first('days', '[role=grid] td[data-day]'),
  first('rooms', 'main h2'),
  first('rooms, its dialog', 'main h2', async (page) => {
    await page.locator('.spread .row > button').last().click();
    await page.locator('dialog[open] form').waitFor();
  }),
  first('about', 'form'),
];
