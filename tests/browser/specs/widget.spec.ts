import { test, expect } from '../support/bench';
import { owner } from '../support/people';
import type { Page } from '@playwright/test';

/** A page on a site of somebody else's, under a policy of its own. */
async function theirSite(page: Page, base: string, script: string, lang = 'en'): Promise<void> {
  const site = 'https://salon.example/';
  await page.route(site, (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'content-security-policy': `default-src 'none'; script-src ${base}; frame-src ${base}` },
      body: `<!doctype html><html lang="${lang}"><head><title>Salon</title></head><body>
        <h1>Salon</h1><p>Come in.</p>
        <a id="link" href="${base}/elsewhere" data-openchair="SHOP">Book a facial</a>
        <div id="tall"></div>${script}</body></html>`,
    }),
  );
  await page.goto(site);
}

async function shop(page: Page): Promise<string> {
  const who = await owner(page);
  return who.business.toLowerCase().replace(' ', '-');
}

test('a business puts booking on its own site', async ({ page, baseURL }) => {
  const base = new URL(baseURL ?? '').origin;
  const slug = await shop(page);
  await theirSite(page, base, `<script src="${base}/widget.js" data-shop="${slug}" data-hue="25" async></script>`);

  const button = page.getByRole('button', { name: 'Book online' });
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Book online' });
  await expect(dialog).toBeVisible();
  const frame = page.frameLocator('iframe');
  await expect(frame.locator('#root')).not.toBeEmpty();
  expect(await page.evaluate(() => document.documentElement.style.overflow)).toBe('hidden');

  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
  expect(await page.evaluate(() => document.documentElement.style.overflow)).toBe('');

  await button.click();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
});

test('a link opens it, it speaks the page’s language, and a phone shows nothing else', async ({ page, baseURL }) => {
  const base = new URL(baseURL ?? '').origin;
  await page.setViewportSize({ width: 390, height: 760 });
  const slug = await shop(page);
  await theirSite(page, base, `<script src="${base}/widget.js" async></script>`, 'ar');
  await page.locator('#link').evaluate((link, slug) => link.setAttribute('data-openchair', slug), slug);
  await expect(page.getByRole('button')).toHaveCount(0);
  const link = page.getByRole('link', { name: 'Book a facial' });
  await link.click();
  const dialog = page.getByRole('dialog', { name: 'احجز موعدًا' });
  await expect(dialog).toBeVisible();
  expect(await dialog.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 760 });
  // Keys that are pressed in the frame stay there: the page in it passes Escape on.
  await page.frameLocator('iframe').locator('body').press('Escape');
  await expect(dialog).toBeHidden();
  await expect(link).toBeFocused();
});
