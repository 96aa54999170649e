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

/** A list of people whom nobody knows yet, brought to its end. */
async function brought(page: Page): Promise<void> {
  const mark = Date.now();
  const rows = ['name,email', `Mia Torres,mia.${mark}@example.org`, `Zoë Brandt,zoe.${mark}@example.org`, 'Nobody,not-an-address', ''];
  await page.goto('/app/customers/imports');
  await page.locator('input[type=file]').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
  await page.locator('ol .invalid').waitFor();
  await page.locator('main dl ~ .row button').click();
  await page.locator('main .notice.good').waitFor({ timeout: 60_000 });
}

/** Two records that have become one. */
async function merged(page: Page): Promise<void> {
  await page.goto('/app/customers');
  type Made = { id: string; version: number };
  const kept = await call<Made>(page, 'POST', '/v1/customers', { name: 'Joseph Taitano', note: 'Left shoulder' });
  const other = await call<Made>(page, 'POST', '/v1/customers', { name: 'Joe Taitano', email: 'joe.taitano@example.org' });
  const body = { other_id: other.id, other_version: other.version };
  await call(page, 'POST', `/v1/customers/${kept.id}/merge`, body, { 'If-Match': `"${kept.version}"` });
  await page.goto('/app/customers/duplicates');
  await page.locator('section[aria-labelledby=merged] li').first().waitFor();
}

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
  { name: 'a list that was brought', open: brought },
  { name: '/app/customers/duplicates, what was merged', open: merged },
];
