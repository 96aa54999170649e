import type { Page } from '@playwright/test';
import { busyDay } from '../support/busy';
import { owner } from '../support/people';
import type { Part } from '../support/screens/index';
import type { Screen } from '../support/screens/screen';
import { openShop } from '../support/shop';
import { theirSite } from '../support/site';

export interface Picture extends Screen {
  /** It is on paper. */
  printed?: true;
}

async function widget(page: Page): Promise<void> {
  const { slug } = await openShop(page);
  const base = new URL(page.url()).origin;
  const language = await page.evaluate(() => document.documentElement.lang);
  await theirSite(page, base, `<script src="${base}/widget.js" data-shop="${slug}" data-hue="25" async></script>`, language);
  await page.getByRole('button').click();
  await page.frameLocator('iframe').locator('main section li button').first().waitFor();
}

/** What isn't a page of the product's own, or no page at all. */
export const MORE: (Part & { screens: Picture[] })[] = [
  { name: 'site', screens: [{ name: 'the widget on a site', open: widget }] },
  {
    name: 'paper',
    enter: owner,
    screens: [
      {
        name: 'the day, printed',
        printed: true,
        open: async (page) => {
          await page.goto(`/app/day/${await busyDay(page)}`);
          await page.locator('.ledger a.visit').nth(3).waitFor();
          await page.emulateMedia({ media: 'print' });
          await page.locator('.list li a').nth(3).waitFor();
        },
        close: (page) => page.emulateMedia({ media: null }),
      },
    ],
  },
];
