import type { Page } from '@playwright/test';
import { call } from '../people';
import { at, type Screen } from './screen';

const FILE = ['name,email,favourite colour', 'Nadia Ferro,nadia.ferro@example.org,blue', 'Nobody,not-an-address,red', ''].join('\n');

/** Makes somebody who has much to show, and gives the path of their page. */
async function somebody(page: Page): Promise<string> {
  const path = '/v1/customers?q=Malia';
  const { items } = await call<{ items: { id: string }[] }>(page, 'GET', path);
  let id = items[0]?.id;
  if (!id) {
    const made = await call<{ id: string }>(page, 'POST', '/v1/customers', {
      name: 'Malia Camacho-Kealoha',
      email: 'malia.camacho-kealoha@example.net',
      phone: '+16715550106',
      locale: 'en',
      note: 'Likes the seat by the window.',
      tags: ['regular', 'VIP'],
    });
    // Of the same number, so that a merge is suggested.
    await call(page, 'POST', '/v1/customers', { name: 'Malia Kealoha', phone: '+16715550106', note: 'Comes late.' });
    id = made.id;
    for (const granted of [true, false]) {
      await call(page, 'POST', `/v1/customers/${id}/consents`, { purpose: 'marketing_email', granted });
    }
    await call(page, 'POST', '/v1/message-opt-outs', { channel: 'email', address: 'malia.camacho-kealoha@example.net' });
  }
  return `/app/customers/${id}`;
}

const detail = (name: string, then: (page: Page) => Promise<unknown>): Screen => ({
  name: `a customer, ${name}`,
  open: async (page) => {
    await page.goto(await somebody(page));
    await page.locator('header.card h1').waitFor();
    await page.locator('section.card li').first().waitFor();
    await then(page);
  },
});

/** The page of a file that was looked at. */
const looked: Screen = {
  name: 'a list that is brought',
  open: async (page) => {
    await page.goto('/app/customers/imports');
    await page.locator('input[type=file]').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) });
    await page.locator('ol .invalid').waitFor();
  },
};

export const CUSTOMERS: Screen[] = [
  at('/app/customers', '.empty'),
  at('/app/customers/duplicates', '.empty'),
  at('/app/customers/imports', 'dl'),
  looked,
  detail('as they are', async () => undefined),
  detail('changed', async (page) => {
    await page.locator('header.card button').click();
    await page.locator('dialog[open] form').waitFor();
  }),
  detail('erased', async (page) => {
    await page.locator('section .button.danger').last().click();
    await page.locator('dialog[open] form').waitFor();
  }),
  detail('compared', async (page) => {
    await page.locator('.notice button').click();
    await page.locator('dialog[open] fieldset').waitFor();
  }),
  at('/app/customers?q=Mal', '.list li'),
  at('/app/customers/duplicates', 'main ul.card li'),
  {
    name: '/app/customers, its dialog',
    open: async (page) => {
      await page.goto('/app/customers');
      await page.locator('.list li').first().waitFor();
      await page.locator('main .row .button:not(.plain)').first().click();
      await page.locator('dialog[open] form').waitFor();
    },
  },
];
