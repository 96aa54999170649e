import type { Page } from '@playwright/test';
import { fresh } from './people';

export interface Screen {
  name: string;
  open: (page: Page) => Promise<unknown>;
}

const at = (path: string, ready: string): Screen => ({
  name: path,
  open: async (page) => {
    await page.goto(path);
    await page.locator(ready).first().waitFor();
  },
});

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
];

const dialog = (path: string, open: string): Screen => ({
  name: `${path}, its dialog`,
  open: async (page) => {
    await page.goto(path);
    await page.locator(open).click();
    await page.locator('dialog[open] form').waitFor();
  },
});

/** As an owner. */
export const INSIDE: Screen[] = [
  at('/app', '.blank'),
  at('/app/team', 'main li b'),
  dialog('/app/team', 'main .row > button'),
  at('/app/roles', 'table'),
  dialog('/app/roles', 'main .row > button'),
  at('/app/audit', 'main ol li'),
  at('/app/keys', 'main .card'),
  dialog('/app/keys', 'main .row > button'),
  at('/app/settings', 'form'),
  at('/app/security', 'main ul li'),
  {
    name: '/app/security, setting up',
    open: async (page) => {
      await page.goto('/app/security');
      await page.locator('section[aria-labelledby=factor] button').click();
      await page.locator('section[aria-labelledby=factor] svg[role=img]').waitFor();
    },
  },
  {
    name: 'the user menu',
    open: async (page) => {
      await page.goto('/app');
      await page.locator('[popovertarget=you]').click();
      await page.locator('#you').waitFor();
    },
  },
  {
    name: 'the businesses',
    open: async (page) => {
      await page.goto('/app');
      await page.locator('[popovertarget=shops]').click();
      await page.locator('#shops').waitFor();
    },
  },
  at('/app/nowhere', 'h1'),
];
