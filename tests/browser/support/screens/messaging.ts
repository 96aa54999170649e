import { expect, type Page } from '@playwright/test';
import { call } from '../people';
import type { Schema } from '../schema';
import { weekly } from '../series';
import { at, dialog, type Screen } from './screen';

/** Somebody was told of their visits. Gives the newest of these messages. */
async function told(page: Page): Promise<string> {
  await page.goto('/app/messages');
  const known = async () => (await call<{ items: Schema<'MessageView'>[] }>(page, 'GET', '/v1/messages')).items;
  if ((await known()).length === 0) {
    const { location, service, staff, weeks } = await weekly(page);
    const customer = { name: 'Malia Camacho-Kealoha', email: 'malia.camacho-kealoha@example.net' };
    const wanted = { services: [{ service: service.id, staff: staff.id }] };
    for (const { start } of weeks.slice(0, 2)) await call(page, 'POST', '/v1/appointments', { location: location.id, start, wanted, customer });
    await expect.poll(async () => (await known()).length, { timeout: 30_000 }).toBeGreaterThan(1);
  }
  return (await known())[0]?.id ?? '';
}

const MESSAGE = 'msg_01jcq7v9k2m4n6p8r0s2t4v6w8';
const replied = (at: number, body: string, outcome: Schema<'ReplyOutcome'>, answer = ''): Schema<'MessageReplyView'> => ({
  id: `mrp_01jcq7v9k2m4n6p8r0s2t4v6w${at}`,
  message: MESSAGE,
  channel: at % 2 ? 'whatsapp' : 'sms',
  address: '+16715550106',
  body,
  outcome,
  answer,
  created_at: new Date(Date.now() - at * 5_400_000).toISOString(),
});
/** What a provider of texts would have brought: here there is none. */
const REPLIES = [
  replied(1, 'Could I come half an hour later? My bus is late again, and the next one only leaves at ten past.', 'kept', 'Please call us for that.'),
  replied(2, 'C', 'confirmed', 'Thank you, see you on Friday.'),
  replied(3, 'X', 'cancelled', 'Your visit is cancelled.'),
  replied(4, 'إلغاء', 'refused', 'It is too late to cancel by text: please use the link.'),
  replied(5, 'STOP', 'opted_out'),
];

/** What is said to customers. As an owner. */
export const MESSAGING: Screen[] = [
  at('/app/messages', 'main .empty'),
  at('/app/messages/replies', 'main .empty'),
  {
    name: '/app/messages/replies, with some',
    open: async (page) => {
      await page.route('**/v1/message-replies*', (route) => route.fulfill({ json: { items: REPLIES, next_cursor: null } }));
      await page.goto('/app/messages/replies');
      await page.locator('main ol li').nth(4).waitFor();
    },
    close: (page) => page.unrouteAll(),
  },
  {
    name: '/app/messages, with some',
    open: async (page) => {
      await told(page);
      await page.reload();
      await page.locator('main ol li').first().waitFor();
    },
  },
  {
    name: 'a message',
    open: async (page) => {
      await page.goto(`/app/messages/${await told(page)}`);
      await page.locator('main dl').first().waitFor();
    },
  },
  at('/app/messages/words', 'main li'),
  at('/app/messages/words/confirmed/email/en', 'main .mail'),
  at('/app/messages/words/queue_called/sms/ar', 'main .bubble'),
  at('/app/messages/settings', 'main form'),
  {
    name: '/app/messages/settings, everything on',
    open: async (page) => {
      await page.goto('/app/messages/settings');
      await page.locator('main form').waitFor();
      for (const box of await page.locator('main form .wish input[type=checkbox]').all()) await box.check();
      await page.locator('main .dirty').waitFor();
    },
  },
  at('/app/messages/opt-outs', 'main .empty'),
  dialog('/app/messages/opt-outs', 'main .row:has(h1) > button'),
  at('/app/sequences', 'main .empty'),
  at('/app/sequences/new', 'main textarea'),
  {
    name: 'a sequence',
    open: async (page) => {
      await page.goto('/app/sequences');
      const { items } = await call<{ items: { id: string }[] }>(page, 'GET', '/v1/sequences');
      const words = [{ locale: 'en', subject: 'Thank you', body: 'Thank you for coming, {{ name }}.\n\nSee you soon.' }];
      const made =
        items[0] ??
        (await call<{ id: string }>(page, 'POST', '/v1/sequences', {
          name: 'After a first visit',
          trigger: 'first_visit_completed',
          steps: [
            { wait_minutes: 120, words },
            { wait_minutes: 4320, words },
          ],
        }));
      await page.goto(`/app/sequences/${made.id}`);
      await page.locator('main ol button').first().waitFor();
    },
  },
];
