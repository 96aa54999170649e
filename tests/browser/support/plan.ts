import type { Page } from '@playwright/test';
import type { Schema } from './schema';

type Plan = Schema<'OwnPlanView'>;

/** The plan stands like this, as far as the page hears; everything else of it is as the server says. */
export const planned = (page: Page, more: Partial<Plan>): Promise<unknown> =>
  page.route('**/v1/plan{,/look}', async (route) => {
    const answer = await route.fetch({ method: 'GET', url: new URL('/v1/plan', route.request().url()).href });
    await route.fulfill({ json: { ...((await answer.json()) as Plan), ...more } });
  });

/** The shop takes nothing new, as far as its pages hear: as the server writes it into them, and answers it. A page that
 *  was put in the place of the server's couldn't open the live connection: what is written into it is changed there,
 *  before anything reads that. */
export async function shutShop(page: Page, slug: string): Promise<void> {
  await page.addInitScript((slug) => {
    if (![`/${slug}`, `/${slug}/queue`].includes(location.pathname)) return;
    document.addEventListener('readystatechange', () => {
      const boot = document.getElementById('boot');
      if (boot) boot.textContent = boot.textContent?.replace('"paused":false', '"paused":true') ?? '';
    });
  }, slug);
  await page.route(`**/v1/public/${slug}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...((await answer.json()) as object), paused: true } });
  });
}
