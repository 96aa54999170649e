import { call } from '../people';
import { at, dialog, type Screen } from './screen';

/** What is said to customers. As an owner. */
export const MESSAGING: Screen[] = [
  at('/app/messages', 'main .empty'),
  at('/app/messages/replies', 'main .empty'),
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
