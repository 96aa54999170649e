import type { Page } from '@playwright/test';
import { call } from '../people';
import { onTheList } from '../waitlist';
import { at, type Screen } from './screen';

/** Somebody waits, and for somebody else time is kept. */
async function busy(page: Page): Promise<void> {
  const { items } = await call<{ items: { name: string }[] }>(page, 'GET', '/v1/waitlist');
  if (items.length === 0) {
    await onTheList(page, 'Malia Camacho-Kealoha', { email: 'malia.camacho-kealoha@example.net', earliest: '08:00' });
    const { id, slots } = await onTheList(page, 'Noor Aziz', { note: 'Only if somebody can take her by the window.' });
    await call(page, 'POST', `/v1/waitlist/${id}/offer`, { start: slots[0]?.start });
  }
  await page.goto('/app/waitlist');
  await page.locator('ol.card li').first().waitFor();
}

const opened = (name: string, press: string, ready: string): Screen => ({
  name: `/app/waitlist, ${name}`,
  open: async (page) => {
    await busy(page);
    await page.locator(press).first().click();
    await page.locator(ready).first().waitFor();
  },
});

/** Who waits for time, for staff. */
export const WAITLIST: Screen[] = [
  at('/app/waitlist', 'main .empty'),
  opened('somebody is added', 'main .tools button', 'dialog[open] form'),
  { name: '/app/waitlist, with people', open: busy },
  opened('a time is offered', 'ol.card .deeds .plain', 'dialog[open] .times label'),
  opened('somebody is removed', 'ol.card .deeds .quiet', 'dialog[open] .danger'),
];
