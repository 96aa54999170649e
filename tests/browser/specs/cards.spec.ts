import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { change } from '../support/menu';
import { cardForm, connect, deposit, leaveInForm, payInForm } from '../support/money';
import { bookedVisit, openShop } from '../support/shop';

/** A shop that wants a part of the price before, and takes cards for it. */
async function opened(page: Page): Promise<string> {
  const { slug } = await openShop(page, async (desk) => {
    await deposit(desk);
    await connect(desk);
    await expect(desk.getByRole('heading', { name: 'Yes: cards can be taken' })).toBeVisible();
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

test('a deposit is paid in the form on the page, and the visit is certain', async ({ page }) => {
  const path = await opened(page);
  await page.goto(path);
  await expect(page.getByRole('heading', { name: 'Your deposit is due' })).toBeVisible();
  const own = page.getByRole('region', { name: 'Your payment' });
  await own.getByRole('button', { name: /^Pay/ }).click();
  await payInForm(page, '4000000000000002');
  await expect(cardForm(page).getByRole('alert')).toContainText('declined');
  await payInForm(page, '4242424242424242');
  await expect(own.getByText(/is paid. Thank you!/)).toBeVisible();
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  await expect(page.locator('iframe')).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`${path}$`));
});

test('a card alone is left in the form on the page, and nothing is paid', async ({ page }) => {
  const { slug } = await openShop(page, async (desk) => {
    await change(desk, 'PATCH', '/v1/booking-policy', { ask_card: true, no_show_fee_percent: 50 });
    await connect(desk);
  });
  const path = await bookedVisit(page, slug);
  await page.goto(path);
  const leave = page.getByRole('region', { name: 'Your card' }).getByRole('button', { name: 'Leave a card' });
  await leave.click();
  await leaveInForm(page, '4000000000000002');
  await expect(cardForm(page).getByRole('alert')).toContainText('declined');
  // Whoever comes again finds the same form.
  await page.reload();
  await leave.click();
  await leaveInForm(page, '4000002500003155');
  await cardForm(page).getByRole('button', { name: 'Complete' }).click();
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  await expect(page.getByText('Your Visa card is on file for this visit.')).toBeVisible();
  await expect(page.locator('iframe')).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`${path}$`));
});

test('a bank that asks whose card it is asks within the form', async ({ page }) => {
  const path = await opened(page);
  await page.goto(path);
  await page.getByRole('button', { name: /^Pay/ }).click();
  await payInForm(page, '4000002500003155');
  await cardForm(page).getByRole('button', { name: 'Complete' }).click();
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
});

test('whoever doesn’t like the form pays on the provider’s page, and comes back', async ({ page }) => {
  const path = await opened(page);
  await page.goto(path);
  const own = page.getByRole('region', { name: 'Your payment' });
  const apart = own.getByRole('button', { name: 'Pay on the provider’s own page instead' });
  await own.getByRole('button', { name: /^Pay/ }).click();
  await apart.click();
  // Whoever thinks better of it has paid nothing.
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(own.getByText(/^No payment has arrived/)).toBeVisible();
  await own.getByRole('button', { name: /^Pay/ }).click();
  await apart.click();
  await type(page, '4000000000000002');
  await expect(page.getByRole('alert')).toContainText('declined');
  await type(page, '4242424242424242');
  await expect(own.getByText(/is paid. Thank you!/)).toBeVisible();
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`${path}$`));
});

test('where the form doesn’t come, the page does', async ({ page }) => {
  const path = await opened(page);
  // Nothing but words comes where the script should be.
  await page.route('**/dahlia/stripe.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  await page.goto(path);
  await page.getByRole('button', { name: /^Pay/ }).click();
  await type(page, '4242424242424242');
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
});
