import type { Page } from '@playwright/test';
import { call } from '../people';
import { at, dialog, type Screen } from './screen';

/** An endpoint that is switched off, so that nothing is ever sent there. */
async function endpoint(page: Page): Promise<string> {
  await page.goto('/app/webhooks');
  const { items } = await call<{ items: { id: string }[] }>(page, 'GET', '/v1/webhooks/endpoints');
  if (items[0]) return items[0].id;
  const made = await call<{ endpoint: { id: string } }>(page, 'POST', '/v1/webhooks/endpoints', {
    url: 'https://93.184.215.14/openchair',
    description: 'Warehouse',
    enabled: false,
  });
  return made.endpoint.id;
}

/** What other programs are told. As an owner. */
export const WEBHOOKS: Screen[] = [
  at('/app/webhooks', 'main .empty, main ul.card'),
  dialog('/app/webhooks', 'main .row:has(h1) > button'),
  at('/app/webhooks/deliveries', 'main .empty'),
  {
    name: 'an endpoint',
    open: async (page) => {
      await page.goto(`/app/webhooks/${await endpoint(page)}`);
      await page.locator('main dl').waitFor();
      for (const summary of await page.locator('main summary').all()) await summary.click();
    },
  },
];
