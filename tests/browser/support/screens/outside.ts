import { fresh } from '../people';
import { at, type Screen } from './screen';

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
