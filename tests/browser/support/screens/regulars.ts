import { linkOf, regular } from '../regulars';
import { at, type Screen } from './screen';

/** What customers who come back see: the last screen makes the device known, so it stands last. */
export const REGULARS: Screen[] = [
  at('/me', 'form'),
  {
    name: '/me, with a fault',
    open: async (page) => {
      await page.goto('/me');
      await page.locator('form button[type=submit]').click();
      await page.locator('[aria-invalid=true]').waitFor();
    },
  },
  {
    name: '/me, the link is promised',
    open: async (page) => {
      await page.goto('/me');
      await page.locator('input[type=email]').fill(`nobody-${Date.now()}@example.com`);
      await page.locator('form button[type=submit]').click();
      await page.locator('main [role=status]').waitFor();
    },
  },
  {
    name: '/me, behind the link',
    open: async (page) => {
      // Each is a page of its own: with a secret alone the address would be the same.
      await page.goto('/me?again#oc_rl_nothing');
      await page.locator('main .button').waitFor();
    },
  },
  {
    name: '/me, the visits',
    open: async (page) => {
      await page.goto(await linkOf(page, await regular(page)));
      await page.locator('main .button').click();
      await page.locator('main a.card').waitFor();
    },
  },
];
