import { test, expect } from '../support/bench';
import { owner } from '../support/people';
import { theirSite } from '../support/site';
import type { Page } from '@playwright/test';

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
  await expect(page.frameLocator('iframe').locator('main')).toBeAttached();
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
  await page.getByRole('link').evaluate((link, slug) => link.setAttribute('data-openchair', slug), slug);
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

test('a visit is booked to the end without leaving the site', async ({ page, baseURL }) => {
  const base = new URL(baseURL ?? '').origin;
  const slug = await shop(page);
  await page.context().clearCookies();
  await theirSite(page, base, `<script src="${base}/widget.js" data-shop="${slug}" async></script>`);
  const site = page.url();
  await page.getByRole('button', { name: 'Book online' }).click();
  const frame = page.frameLocator('iframe');
  await frame.getByRole('button', { name: /Relaxing massage/ }).click();
  await expect(frame.getByRole('heading', { name: 'When suits you?' })).toBeVisible();
  await frame.locator('main section li button').last().click();
  await frame.getByLabel('Your name').fill('Nina Two');
  await frame.getByLabel('E-mail').fill(`nina-${slug}@example.com`);
  await frame.getByRole('button', { name: 'Book it', exact: true }).click();
  await expect(frame.getByRole('heading', { name: 'You’re booked' })).toBeVisible();
  // Nobody is known in a frame on somebody's site.
  await expect(frame.getByRole('link', { name: 'All my visits' })).toHaveCount(0);
  const link = await frame.getByRole('link', { name: 'See or change it' }).getAttribute('href');
  await frame.getByRole('link', { name: 'See or change it' }).click();
  await expect(frame.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  await expect(frame.getByRole('link', { name: 'All my visits' })).toHaveCount(0);
  expect(page.url()).toBe(site);
  await page.goto(new URL(link ?? '', base).href);
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
});

test('the line for one’s own site is written for them, and tried where it is written', async ({ page, baseURL }) => {
  const base = new URL(baseURL ?? '').origin;
  const slug = await shop(page);
  await page.goto('/app/site');
  const code = page.getByRole('region', { name: 'The line for your site' });
  await expect(code).toContainText(`<script src="${base}/widget.js" data-shop="${slug}" data-hue="`);
  await page.getByLabel('What does it say?').fill('Book a facial');
  await expect(code).toContainText('data-label="Book a facial"');
  await page.getByRole('radio', { name: /A link or button of yours/ }).check();
  await expect(code).toContainText(`data-openchair="${slug}">Book a facial</a>`);
  await page.getByRole('link', { name: 'Book a facial' }).click();
  const dialog = page.getByRole('dialog', { name: 'Book online' });
  await expect(page.frameLocator('iframe').locator('main')).toBeAttached();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/\/app\/site$/);

  // What was written works where it is put.
  await theirSite(page, base, await snippetOn(page, 'A button'));
  await expect(page.getByRole('button', { name: 'Book a facial' })).toBeVisible();

  async function snippetOn(page: Page, kind: string): Promise<string> {
    await page.getByRole('radio', { name: new RegExp(`^${kind} `) }).check();
    return code.innerText();
  }
});

test('whoever comes back to that page finds one widget, which closes with the page', async ({ page }) => {
  await shop(page);
  await page.goto('/app/site');
  await expect(page.locator('a[data-openchair]')).toBeVisible();
  await page.getByRole('link', { name: 'Settings', exact: true }).first().click();
  await expect(page).toHaveURL(/\/app\/settings$/);
  await page.goBack();
  await page.getByRole('radio', { name: /A link or button of yours/ }).check();
  expect(await page.locator('script[src="/widget.js"]').count()).toBe(1);
  await page.locator('a[data-openchair]').click();
  const dialog = page.getByRole('dialog', { name: 'Book online' });
  await expect(dialog).toBeVisible();
  await page.evaluate(() => history.forward());
  await expect(page).toHaveURL(/\/app\/settings$/);
  await expect(dialog).toBeHidden();
});
