import type { Page } from '@playwright/test';
import type { Schema } from '../schema';
import { at, type Screen } from './screen';

const HOUR = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR).toISOString();

const dead = (kind: string, hours: number, last_error: string): Schema<'JobView'> => ({
  id: `job_01jcq7v9k2m4n6p8r0s2t4v6w${hours}`,
  tenant_id: 'ten_01jcq7v9k2m4n6p8r0s2t4v6w8',
  kind,
  version: 1,
  state: 'dead',
  attempts: 12,
  created_at: ago(hours + 20),
  run_at: ago(hours),
  finished_at: ago(hours),
  last_error,
  trace: 'req_01jcq7v9k2m4n6p8r0s2t4v6w8',
});
const DEAD = [
  dead('message.send', 5, 'mail.example.com:587: connection refused (os error 111)'),
  dead('webhook.deliver', 6, 'no answer within 10 s'),
];
const KINDS: Schema<'JobKindView'>[] = [
  { kind: 'message.send', waiting: 14, due: 2, running: 1, dead: 1, oldest_due_at: ago(1) },
  { kind: 'webhook.deliver', waiting: 0, due: 0, running: 0, dead: 1 },
];

/** Jobs that nothing helped, as the server would tell of them: none fails for good while one looks on. */
export async function deadLetters(page: Page): Promise<void> {
  await page.route('**/v1/platform/job-kinds', (route) => route.fulfill({ json: { items: KINDS } }));
  await page.route('**/v1/platform/jobs?*', (route) => route.fulfill({ json: { items: DEAD, next_cursor: null } }));
  await page.goto('/app/platform/jobs');
  await page.locator('main article').first().waitFor();
}

/** A dialog about a business. */
async function about(page: Page, found: string, button: number): Promise<void> {
  await page.goto(`/app/platform/businesses?q=${found}`);
  await page.locator('main li article').first().getByRole('button').nth(button).click();
}

/** Looks in as support, which one may for an hour. */
async function inside(page: Page): Promise<void> {
  await about(page, 'kirana', 1);
  const asked = page.locator('dialog[open]');
  await asked.locator('form, .notice').first().waitFor();
  if (await asked.locator('form').isVisible()) {
    await asked.locator('textarea').fill('You asked why Saturday looks full.');
    await asked.locator('button[type=submit]').click();
  }
  await asked.locator('.notice ~ .row button').first().click();
  await page.locator('main > aside button').waitFor();
  await page.locator('.ledger, .list .empty, .list li').filter({ visible: true }).first().waitFor();
}

/** What whoever looks after the platform has. As an administrator. */
export const PLATFORM: Screen[] = [
  at('/app/platform', '.gauges article'),
  at('/app/platform/plans', 'main :is(table, ul.stack)'),
  at('/app/platform/jobs?state=done', 'main article, main .empty'),
  {
    name: '/app/platform/jobs, dead letters',
    open: async (page) => {
      await deadLetters(page);
      await page.locator('main article summary').first().click();
    },
    close: (page) => page.unrouteAll(),
  },
  at('/app/platform/businesses', 'main li article'),
  {
    name: '/app/platform/businesses, the plan',
    open: async (page) => {
      await about(page, 'lagoon', 0);
      await page.locator('dialog[open] form').waitFor();
    },
  },
  {
    name: '/app/platform/businesses, support',
    // Whoever isn't let in is told that the business isn't there.
    refusal: 404,
    open: async (page) => {
      await about(page, 'lagoon', 1);
      await page.locator('dialog[open] form').waitFor();
    },
  },
  {
    name: '/app, looked into as support',
    refusal: 404,
    open: inside,
    close: (page) => page.evaluate(() => sessionStorage.clear()),
  },
];
