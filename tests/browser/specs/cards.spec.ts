import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { deposit } from '../support/money';
import { bookedVisit, openShop } from '../support/shop';

/** The owner says at the provider's who they are, and comes back. */
async function connect(page: Page): Promise<void> {
  await page.goto('/app/payments/account');
  await page.getByRole('button', { name: 'Connect an account' }).click();
  await page.getByRole('button', { name: 'Say everything' }).click();
  await expect(page).toHaveURL(/\/app\/payments\/account$/);
  await expect(page.getByRole('heading', { name: 'Yes: cards can be taken' })).toBeVisible();
}

/** A shop that wants a part of the price before, and takes cards for it. */
async function opened(page: Page): Promise<string> {
  const { slug } = await openShop(page, async (desk) => {
    await deposit(desk);
    await connect(desk);
  });
  return bookedVisit(page, slug);
}

async function type(page: Page, number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number);
  await page.getByRole('button', { name: /^Pay/ }).click();
}

test.beforeEach(({ guard }) => {
  // The provider has no picture for its tab.
  guard.allow(404);
});

test('a deposit is paid on the page for cards, and the visit is certain', async ({ page }) => {
  const path = await opened(page);
  await page.goto(path);
  await expect(page.getByRole('heading', { name: 'Your deposit is due' })).toBeVisible();
  const own = page.getByRole('region', { name: 'Your payment' });
  await own.getByRole('button', { name: /^Pay/ }).click();
  // Whoever thinks better of it has paid nothing.
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(own.getByText(/^No payment has arrived/)).toBeVisible();
  await own.getByRole('button', { name: /^Pay/ }).click();
  await type(page, '4000000000000002');
  await expect(page.getByRole('alert')).toContainText('declined');
  await type(page, '4242424242424242');
  await expect(own.getByText(/is paid. Thank you!/)).toBeVisible();
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`${path}$`));
});

test('a bank that asks whose card it is leads back, too', async ({ page }) => {
  const path = await opened(page);
  await page.goto(path);
  await page.getByRole('button', { name: /^Pay/ }).click();
  await type(page, '4000002500003155');
  await page.getByRole('button', { name: 'Complete' }).click();
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
});
