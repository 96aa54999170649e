import type { Page } from '@playwright/test';
import { change } from '../menu';
import { call } from '../people';
import { openLine, waiting, type Line } from '../queue';
import type { Screen } from './screen';

const lines = new WeakMap<Page, Line>();

/** One business for all screens of a test. */
async function lineOf(page: Page): Promise<Line> {
  const line = lines.get(page) ?? (await openLine(page));
  lines.set(page, line);
  return line;
}

/** A tablet at the door, before anybody touches it. */
async function kiosk(page: Page): Promise<void> {
  await lineOf(page);
  const { token } = await call<{ token: string }>(page, 'POST', '/v1/kiosks', { name: 'Door' });
  await page.goto(`/kiosk/${token}`);
  await page.locator('.start').waitFor();
}

/** The tablet asks who it is, once something was chosen. */
async function asked(page: Page): Promise<void> {
  await kiosk(page);
  await page.locator('.start').click();
  await page.locator('input[type=checkbox]').first().check();
  await page.locator('button[type=submit]').click();
  await page.locator('input[name=visitor]').waitFor();
}

const second = new WeakMap<Page, Line>();

/** Another business, in whose line nobody was when it was first looked at: who looks at the first one's before has
 *  done so. */
async function otherLine(page: Page): Promise<Line> {
  const line = second.get(page) ?? (await openLine(page));
  second.set(page, line);
  return line;
}

const set = (page: Page, { location }: Line, rules: object) => change(page, 'PATCH', `/v1/locations/${location}/queue`, rules);

async function full(page: Page): Promise<void> {
  const line = await otherLine(page);
  await set(page, line, { capacity: 1 });
  await page.goto(`/${line.slug}/queue`);
  await page.locator('form input[type=checkbox]').first().check();
  await page.locator('[name=name]').fill('Eli Park');
  await page.locator('form button[type=submit]').click();
  await page.locator('form [role=alert]').waitFor();
}

/** What customers see of a line: each screen finds it as the one before has left it. */
export const QUEUE: Screen[] = [
  {
    name: '/{shop}/queue',
    open: async (page) => {
      const { slug } = await lineOf(page);
      await page.goto(`/${slug}/queue`);
      await page.locator('form').waitFor();
    },
  },
  {
    name: '/{shop}/queue with faults',
    open: async (page) => {
      const { slug } = await lineOf(page);
      await page.goto(`/${slug}/queue`);
      await page.locator('form button[type=submit]').click();
      await page.locator('[aria-invalid=true]').first().waitFor();
    },
  },
  {
    name: '/q/{token}, waiting',
    open: async (page) => {
      const line = await lineOf(page);
      await waiting(page, line, 'Ana Lima');
      const { ticket } = await waiting(page, line, 'Ben Osei');
      await page.goto(ticket);
      await page.locator('figure').waitFor();
    },
  },
  {
    name: '/q/{token}, called',
    open: async (page) => {
      const line = await lineOf(page);
      const { id, ticket } = await waiting(page, line, 'Cleo Dubois');
      await call(page, 'POST', `/v1/queue/entries/${id}/call`, { version: 1, staff: line.staff });
      await page.goto(ticket);
      await page.locator('section[role=alert]').waitFor();
    },
  },
  { name: '/kiosk/{token}', open: kiosk },
  { name: '/kiosk/{token}, who', open: asked },
  {
    name: '/kiosk/{token}, a ticket given',
    open: async (page) => {
      await asked(page);
      await page.locator('input[name=visitor]').fill('Dara Quinn');
      await page.locator('button[type=submit]').click();
      await page.locator('main svg').first().waitFor();
    },
  },
  {
    name: '/{shop}/tv',
    open: async (page) => {
      const line = await lineOf(page);
      await page.goto(`/${line.slug}/tv`);
      await page.locator('.board li').first().waitFor();
    },
  },
  {
    name: '/kiosk/{token}, disconnected',
    refusal: 404,
    open: async (page) => {
      await lineOf(page);
      type Made = { token: string; kiosk: { id: string } };
      const { token, kiosk } = await call<Made>(page, 'POST', '/v1/kiosks', { name: 'Door' });
      await call(page, 'DELETE', `/v1/kiosks/${kiosk.id}`);
      await page.goto(`/kiosk/${token}`);
      await page.locator('main h1').waitFor();
    },
  },
  {
    name: '/q/{token}, left',
    open: async (page) => {
      const { ticket } = await waiting(page, await lineOf(page), 'Dara Quinn');
      await call(page, 'POST', `/v1${ticket}/leave`);
      await page.goto(ticket);
      await page.locator('main.left').waitFor();
    },
  },
  {
    name: '/{shop}/tv, nobody there',
    open: async (page) => {
      const line = await otherLine(page);
      await page.goto(`/${line.slug}/tv`);
      await page.locator('.board').waitFor();
    },
  },
  {
    name: '/q/{token}, next',
    open: async (page) => {
      const { ticket } = await waiting(page, await otherLine(page), 'Ana Lima');
      await page.goto(ticket);
      await page.locator('main.next').waitFor();
    },
  },
  { name: '/{shop}/queue, full', open: full, refusal: 409 },
  {
    name: '/{shop}/queue, closed',
    open: async (page) => {
      const line = await otherLine(page);
      await set(page, line, { open: false });
      await page.goto(`/${line.slug}/queue`);
      await page.locator('main .notice').waitFor();
    },
  },
];
