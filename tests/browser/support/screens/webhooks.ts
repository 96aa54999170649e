import type { Page } from '@playwright/test';
import { call } from '../people';
import type { Schema } from '../schema';
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

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const delivery = (at: number, more: Partial<Schema<'WebhookDeliveryView'>>): Schema<'WebhookDeliveryView'> => ({
  id: `whd_01jcq7v9k2m4n6p8r0s2t4v6w${at}`,
  endpoint_id: 'whe_01jcq7v9k2m4n6p8r0s2t4v6w0',
  event_id: `evt_01jcq7v9k2m4n6p8r0s2t4v6w${at}`,
  type: 'appointment.booked',
  state: 'delivered',
  attempts: 1,
  happened_at: ago(at * 40),
  created_at: ago(at * 40),
  ...more,
});
/** What would have been told: nothing is ever sent from here. */
const DELIVERIES = [
  delivery(1, { state: 'waiting', attempts: 3, next_at: ago(-9) }),
  delivery(2, { type: 'customer.created' }),
  delivery(3, { type: 'queue.called', replay_of: 'whd_01jcq7v9k2m4n6p8r0s2t4v6w4' }),
  delivery(4, { type: 'queue.called', state: 'failed', attempts: 12 }),
];
const url = 'https://hooks.example.com/openchair/with/a/long/path/that/goes/on';
const headers = { 'webhook-id': 'evt_01jcq7v9k2m4n6p8r0s2t4v6w1', 'webhook-timestamp': '1764000000', 'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=' };
const WHOLE: Schema<'WholeWebhookDeliveryView'> = {
  delivery: DELIVERIES[0] as Schema<'WebhookDeliveryView'>,
  body: JSON.stringify({ type: 'appointment.booked', timestamp: ago(40), data: { id: 'apt_01jcq7v9k2m4n6p8r0s2t4v6w1', status: 'confirmed' } }),
  attempts: [
    { number: 1, at: ago(40), url, headers, took_ms: 10_000, error: 'timeout' },
    { number: 2, at: ago(30), url, headers, took_ms: 84, status: 502, answer: '<html><h1>Bad Gateway</h1></html>' },
  ],
};

async function withDeliveries(page: Page, path: string): Promise<void> {
  await page.route('**/v1/webhooks/deliveries?*', (route) => route.fulfill({ json: { items: DELIVERIES, next_cursor: null } }));
  await page.route('**/v1/webhooks/deliveries/whd_*', (route) => route.fulfill({ json: WHOLE }));
  await page.goto(path);
}

/** What other programs are told. As an owner. */
export const WEBHOOKS: Screen[] = [
  at('/app/webhooks', 'main .empty, main ul.card'),
  dialog('/app/webhooks', 'main .row:has(h1) > button'),
  at('/app/webhooks/deliveries', 'main .empty'),
  {
    name: '/app/webhooks/deliveries, with some',
    open: async (page) => {
      await withDeliveries(page, '/app/webhooks/deliveries');
      await page.locator('main ol li').nth(3).waitFor();
    },
    close: (page) => page.unrouteAll(),
  },
  {
    name: 'a delivery',
    open: async (page) => {
      await withDeliveries(page, `/app/webhooks/deliveries/${WHOLE.delivery.id}`);
      await page.locator('main article').nth(1).waitFor();
      await page.locator('main article summary').last().click();
    },
    close: (page) => page.unrouteAll(),
  },
  {
    name: 'an endpoint',
    open: async (page) => {
      await page.goto(`/app/webhooks/${await endpoint(page)}`);
      await page.locator('main dl').waitFor();
      for (const summary of await page.locator('main summary').all()) await summary.click();
    },
  },
];
