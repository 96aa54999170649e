import type { Page } from '@playwright/test';
import { call, confirmedOwner, fresh, mailedLink, owner, PASSWORD } from '../people';
import { totp } from '../totp';
import { at, type Screen } from './screen';

/** Somebody who is mailed a link. */
async function mailed(page: Page): Promise<string> {
  const { email } = await owner(page);
  await page.context().clearCookies();
  await call(page, 'POST', '/v1/auth/magic-link', { email });
  return mailedLink(page, email, '/sign-in/link');
}

/** The link of somebody who is invited, and hasn't come yet. */
async function invited(page: Page): Promise<string> {
  await confirmedOwner(page);
  const { email } = fresh();
  await call(page, 'POST', '/v1/invitations', { email, role: 'receptionist' });
  const link = await mailedLink(page, email, '/join');
  await page.context().clearCookies();
  return link;
}

/** Somebody who may do less than others. */
async function receptionist(page: Page): Promise<void> {
  const [, token] = (await invited(page)).split('#');
  await call(page, 'POST', '/v1/invitations/accept', { token, name: 'Jun Park', password: PASSWORD });
}

async function askedForACode(page: Page): Promise<void> {
  const { email } = await owner(page);
  const { secret } = await call<{ secret: string }>(page, 'POST', '/v1/me/totp');
  await call(page, 'POST', '/v1/me/totp/confirm', { code: totp(secret), password: PASSWORD });
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.locator('[name=email]').fill(email);
  await page.locator('[name=password]').fill(PASSWORD);
  await page.locator('form button[type=submit]').click();
  await page.locator('[name=code]').waitFor();
}

/** Whoever comes next is nobody again. */
const forgotten = async (page: Page): Promise<void> => {
  await page.context().clearCookies();
  await page.unrouteAll();
  // The language is somebody's choice, not of a login.
  await page.evaluate(() => localStorage.removeItem('openchair.known'));
};

/** Before anybody is signed in. */
export const OUTSIDE: Screen[] = [
  at('/', 'figure'),
  at('/sign-up', 'form'),
  {
    name: '/sign-up with faults',
    open: async (page) => {
      await page.goto('/sign-up');
      await page.locator('form button[type=submit]').click();
      await page.locator('[aria-invalid=true]').first().waitFor();
    },
  },
  {
    name: '/sign-up, the owner, with faults',
    open: async (page) => {
      await page.goto('/sign-up?kind=barbershop');
      await page.locator('[name=business-name]').fill(fresh().business);
      await page.locator('[role=status] .free').waitFor();
      await page.locator('form button[type=submit]').click();
      await page.locator('[name=email]').waitFor();
      await page.locator('form button[type=submit]').click();
      await page.locator('[aria-invalid=true]').first().waitFor();
    },
  },
  at('/sign-in', 'form'),
  at('/sign-in/link', '[role=alert]'),
  at('/forgot-password', 'form'),
  at('/reset-password', '[role=alert]'),
  at('/verify-email', '[role=alert]'),
  at('/join', '[role=alert]'),
  {
    name: '/sign-in/link, a good one',
    open: async (page) => {
      await page.goto(await mailed(page));
      await page.locator('main button').first().waitFor();
    },
  },
  { name: '/sign-in, a second factor', open: askedForACode },
  {
    name: '/join, an invitation',
    open: async (page) => {
      await page.goto(await invited(page));
      await page.locator('[name=password]').waitFor();
    },
  },
  {
    name: '/app/keys, denied',
    open: async (page) => {
      await receptionist(page);
      await page.goto('/app/keys');
      await page.locator('main p').nth(1).waitFor();
    },
    close: forgotten,
  },
  {
    name: '/app, in no business',
    open: async (page) => {
      await receptionist(page);
      const { memberships } = await call<{ memberships: { id: string }[] }>(page, 'GET', '/v1/me');
      await call(page, 'DELETE', `/v1/me/memberships/${memberships[0]?.id}`);
      await page.goto('/app');
      await page.locator('main.alone .button').first().waitFor();
    },
    close: forgotten,
  },
  {
    name: '/app, the server is down',
    refusal: 503,
    open: async (page) => {
      await page.route('**/v1/me', (route) => route.fulfill({ status: 503 }));
      await page.goto('/app');
      await page.locator('main.alone button').waitFor();
    },
    close: forgotten,
  },
  {
    name: 'an address that leads nowhere',
    refusal: 404,
    open: async (page) => {
      await page.goto('/nobody-has-this-address');
      await page.locator('main h1').waitFor();
    },
  },
];
