import { at, dialog, type Screen } from './screen';

/** The house: team, roles, keys, settings. As an owner. */
export const HOUSE: Screen[] = [
  at('/app/team', 'main li b'),
  dialog('/app/team', 'main .row > button'),
  at('/app/roles', 'table'),
  dialog('/app/roles', 'main .row > button'),
  at('/app/audit', 'main ol li'),
  at('/app/keys', 'main .card'),
  dialog('/app/keys', 'main .row > button'),
  at('/app/settings', 'form'),
  at('/app/plan', '.offers'),
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
  at('/app/platform', 'main p.soft'),
  {
    name: 'a newer version',
    open: async (page) => {
      await page.goto('/app/keys');
      await page.locator('main .card').first().waitFor();
      // As if the server had been built anew, and a part of this build couldn't be had any more.
      await page.route(/\/app(\/|\?|$)/, async (route) => {
        if (route.request().resourceType() === 'document') return route.continue();
        return route.fulfill({ contentType: 'text/html', body: '<script type="module" src="/assets/app-Newer123.js"></script>' });
      });
      await page.evaluate(() => dispatchEvent(new Event('vite:preloadError')));
      await page.locator('.newer .card').waitFor();
    },
    close: (page) => page.unrouteAll(),
  },
];
