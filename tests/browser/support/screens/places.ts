import type { Page } from '@playwright/test';
import { call } from '../people';
import { once, weekly } from '../series';
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

/** Days on which somebody comes whom a closure would turn away. */
const visited = new WeakMap<Page, string>();

async function visitedDay(page: Page): Promise<string> {
  const known = visited.get(page);
  if (known) return known;
  const shop = await weekly(page);
  await once(page, shop, 0, 'Maximiliane Freifrau von und zu Hohenlohe-Öttingen');
  visited.set(page, shop.day);
  return shop.day;
}

export const PLACES: Screen[] = [
  at('/app/places', 'main li h2'),
  dialog('/app/places', 'main > .row > button'),
  dialog('/app/places', 'section[aria-labelledby=closures] .row > button'),
  {
    name: '/app/places, a closure that turns somebody away',
    open: async (page) => {
      await page.goto('/app/places');
      const day = await visitedDay(page);
      await page.locator('section[aria-labelledby=closures] .row > button').click();
      await page.locator('dialog[open] input[type=date]').first().fill(day);
      await page.locator('dialog[open] button[type=submit]').click();
      await page.locator('dialog[open] .visits li').first().waitFor();
    },
  },
  first('hours', '.week li'),
  first('days', '[role=grid] td[data-day]'),
  first('rooms', 'main h2'),
  first('rooms, its dialog', 'main h2', async (page) => {
    await page.locator('.spread .row > button').last().click();
    await page.locator('dialog[open] form').waitFor();
  }),
  first('about', 'form'),
];
