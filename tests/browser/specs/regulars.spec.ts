import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { linkOf, regular } from '../support/regulars';
import { mailedLink } from '../support/people';

const ask = async (page: Page, email: string) => {
  await expect(page.getByRole('heading', { name: 'Where shall we send your link?' })).toBeVisible();
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Send me the link' }).click();
};
const visits = (page: Page) => page.getByRole('heading', { name: 'When are you expected?' });
const opened = async (page: Page) => {
  await page.getByRole('button', { name: 'Show my visits' }).click();
  await expect(visits(page)).toBeVisible();
};

test('who comes back sees all visits by a link, and has the same again with one tap', async ({ page }) => {
  const who = await regular(page);
  // From the page of a visit, like everybody who has one.
  await page.goto(who.coming);
  await page.getByRole('link', { name: 'All my visits' }).click();
  await ask(page, who.email.toUpperCase());
  await expect(page.getByRole('heading', { name: 'Is it in your mail already?' })).toBeFocused();

  const link = await mailedLink(page, who.email, '/me');
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Shall we show your visits?' })).toBeVisible();
  // The secret stays in no history.
  await expect(page).toHaveURL(/\/me$/);
  await opened(page);

  // By the clock of the shop, which is far away.
  const coming = page.locator('main a.card');
  await expect(coming).toHaveCount(1);
  const zone = new Intl.DateTimeFormat('en-US', { timeZone: who.zone, timeZoneName: 'long' }).formatToParts(new Date());
  await expect(coming).toContainText(zone.find(({ type }) => type === 'timeZoneName')?.value ?? who.zone);
  await coming.click();
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  await page.goBack();
  await expect(visits(page)).toBeVisible();

  await expect(page.getByText(/, cancelled$/)).toBeVisible();
  await page.getByRole('button', { name: /^Book again/ }).click();
  await expect(page.getByRole('heading', { name: 'When suits you?' })).toBeVisible();
  await expect(page.locator('main section li button').first()).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(`/${who.slug}`);
});

test('a link is good once, and not by being looked at', async ({ page, another, guard }) => {
  guard.allow(401);
  const who = await regular(page);
  const link = await linkOf(page, who);
  // What looks into mails opens links, and so does somebody who shuts the page again.
  const scanner = await another();
  await scanner.goto(link);
  await expect(scanner.getByRole('button', { name: 'Show my visits' })).toBeVisible();
  await page.goto(link);
  await opened(page);

  await scanner.getByRole('button', { name: 'Show my visits' }).click();
  await expect(scanner.getByRole('alert')).toContainText('used already');
  await ask(scanner, 'somebody@example.com');
  await expect(scanner.getByRole('heading', { name: 'Is it in your mail already?' })).toBeVisible();
});

test('known or not, the same is said; and a device can forget', async ({ page }) => {
  const who = await regular(page);
  const said = async (email: string) => {
    await page.goto('/me');
    await ask(page, email);
    const text = await page.getByRole('status').innerText();
    return text.replace(/[\u2068\u2069]/g, '').replace(email, '…');
  };
  expect(await said(who.email)).toBe(await said(`not-${who.email}`));

  await page.goto(await mailedLink(page, who.email, '/me'));
  await opened(page);
  await page.reload();
  await expect(visits(page)).toBeVisible();
  await page.getByRole('button', { name: 'Forget me on this device' }).click();
  await expect(page.getByText('This device doesn’t know you any more.')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Where shall we send your link?' })).toBeVisible();
});

test('who can’t prove any more whom to forget isn’t told that all devices did', async ({ page, guard }) => {
  guard.allow(401);
  await page.goto(await linkOf(page, await regular(page)));
  await opened(page);
  // As if the sixty days were over.
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Forget me on all devices' }).click();
  await expect(page.getByText('Others may: your link had run out.')).toBeVisible();
  await expect(page.getByText('This device doesn’t know you any more.', { exact: true })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Where shall we send your link?' })).toBeVisible();
});
