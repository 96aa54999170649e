import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { cardForm, connect, payInForm } from '../support/money';
import { call, owner } from '../support/people';
import { openShop } from '../support/shop';
import { sellOnline } from '../support/sold';

const CODE = /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/;

/** A shop that sells vouchers on its page and takes cards for them. */
const selling = (page: Page): Promise<{ slug: string; name: string }> =>
  openShop(page, async (desk) => {
    await connect(desk);
    await sellOnline(desk);
  });

async function fill(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Nina Two');
  await page.getByLabel('Your e-mail').fill('nina@example.com');
}

async function typeCard(page: Page, number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number);
  await page.getByRole('button', { name: /^Pay/ }).click();
}

test.describe('a voucher that is paid', () => {
  test.beforeEach(({ guard }) => {
    // The provider has no picture for its tab.
    guard.allow(404);
  });

  test('is found on the shop’s page, written, paid in the form within the page, and printed', async ({ page }) => {
    const { slug, name } = await selling(page);
    await page.goto(`/${slug}`);
    await page.getByRole('link', { name: /^Give a voucher/ }).click();
    await expect(page).toHaveURL(new RegExp(`/${slug}/gift$`));
    await expect(page.getByRole('heading', { name: 'What would you like to give?' })).toBeFocused();
    await expect(page.getByText('It’s good for 3 years and can be used in parts.')).toBeVisible();

    // By keyboard, and nothing goes on without who it is from.
    await page.getByRole('radio', { name: '$25' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('radio', { name: '$50' })).toBeChecked();
    await page.getByLabel('Their name').fill('Lea Martin');
    await page.getByLabel('A few words with it').fill('Happy birthday!');
    await page.getByRole('button', { name: 'Go on to pay $50' }).click();
    await expect(page.getByText('Please say who it is from.')).toBeVisible();
    await expect(page.getByLabel('Your name')).toBeFocused();
    const preview = page.getByRole('region', { name: 'The voucher' });
    await expect(preview).toContainText('$50');
    await expect(preview).toContainText('Lea Martin');
    await expect(preview).toContainText('Happy birthday!');

    // What was typed is there again after the page was loaded anew.
    await fill(page);
    await page.reload();
    await expect(page.getByRole('radio', { name: '$50' })).toBeChecked();
    await expect(page.getByLabel('Their name')).toHaveValue('Lea Martin');
    await page.getByRole('button', { name: 'Go on to pay $50' }).click();

    // The form is there at once.
    await expect(page).toHaveURL(/\/g\/[^/]+$/);
    await expect(page.getByRole('heading', { name: 'Just the payment is missing' })).toBeVisible();
    await payInForm(page, '4000000000000002');
    await expect(cardForm(page).getByRole('alert')).toContainText('declined');
    await payInForm(page, '4242424242424242');
    await expect(page.getByRole('heading', { name: 'Here is your voucher' })).toBeFocused();
    await expect(page.locator('iframe')).toHaveCount(0);
    const card = page.getByRole('region', { name: 'The voucher' });
    await expect(card).toContainText(name);
    await expect(card).toContainText('Lea Martin');
    const code = (await card.getByText(CODE).textContent()) ?? '';

    // On paper is the card, and nothing of what stands around it.
    await page.emulateMedia({ media: 'print' });
    await expect(card.getByText(code)).toBeVisible();
    await expect(card.getByRole('button')).toBeHidden();
    await expect(page.getByRole('heading', { name: 'Here is your voucher' })).toBeHidden();
    await expect(page.getByRole('banner')).toBeHidden();
    await page.emulateMedia({ media: 'screen' });

    // It is there again by its link, and whoever gives another one begins anew.
    await page.reload();
    await expect(card.getByText(code)).toBeVisible();
    await page.getByRole('link', { name: 'Give another voucher' }).click();
    await expect(page.getByLabel('Their name')).toHaveValue('');
  });

  test('is paid on the provider’s page by whoever likes that more, after thinking better of it once', async ({ page }) => {
    const { slug } = await selling(page);
    await page.goto(`/${slug}/gift`);
    await page.getByText('Another amount').click();
    await page.getByRole('textbox', { name: 'Another amount' }).fill('9.99');
    await fill(page);
    await page.getByLabel('Their e-mail').fill('lea@example.com');
    await page.getByRole('button', { name: 'Go on to pay $9.99' }).click();
    await expect(page.getByText('$10 is the least.')).toBeVisible();
    await page.getByRole('textbox', { name: 'Another amount' }).fill('64.50');
    await page.getByRole('button', { name: 'Go on to pay $64.50' }).click();

    const apart = page.getByRole('button', { name: 'Pay on the provider’s own page instead' });
    await apart.click();
    await page.getByRole('link', { name: 'Back' }).click();
    await expect(page.getByText(/^No payment has arrived/)).toBeVisible();
    await expect(page).toHaveURL(/\/g\/[^/]+$/);
    await page.getByRole('button', { name: 'Pay $64.50' }).click();
    await expect(page.getByRole('group', { name: 'Your card' })).toBeFocused();
    await apart.click();
    await typeCard(page, '4242424242424242');
    await expect(page.getByRole('heading', { name: 'Here is your voucher' })).toBeVisible();
    await expect(page.getByText('It’s on its way to lea@example.com.')).toBeVisible();
    await expect(page).toHaveURL(/\/g\/[^/]+$/);
  });

  test('is paid on the provider’s page where the form doesn’t come', async ({ page }) => {
    const { slug } = await selling(page);
    // Nothing but words comes where the script should be.
    await page.route('**/dahlia/stripe.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    await page.goto(`/${slug}/gift`);
    await fill(page);
    await page.getByRole('button', { name: 'Go on to pay $25' }).click();
    await typeCard(page, '4242424242424242');
    await expect(page.getByRole('heading', { name: 'Here is your voucher' })).toBeVisible();
  });

  test('is heard of by whoever pays it in the form and came by its link', async ({ page, another }) => {
    const { slug } = await selling(page);
    const { token } = await call<{ token: string }>(page, 'POST', `/v1/public/${slug}/vouchers`, {
      value_minor: 5000,
      buyer_name: 'Nina Two',
      buyer_email: 'nina@example.com',
    });
    const guest = await another();
    await guest.goto(`/g/${token}`);
    await guest.getByRole('button', { name: 'Pay $50' }).press('Enter');
    await expect(guest.getByRole('group', { name: 'Your card' })).toBeFocused();
    await payInForm(guest, '4242424242424242');
    await expect(guest.getByRole('heading', { name: 'Here is your voucher' })).toBeFocused();
  });

  test('says in German, also to whoever opens its page first, how it stands', async ({ page, another }) => {
    const { slug } = await selling(page);
    const { token } = await call<{ token: string }>(page, 'POST', `/v1/public/${slug}/vouchers`, {
      value_minor: 5000,
      buyer_name: 'Nina Two',
      buyer_email: 'nina@example.com',
    });
    const german = await another({ locale: 'de-DE' });
    await german.goto(`/g/${token}`);
    await expect(german.getByRole('heading', { name: 'Es fehlt nur noch die Zahlung' })).toBeVisible();
    await expect(german.getByRole('button', { name: /bezahlen$/ })).toBeVisible();
    await german.goto(`/${slug}/gift`);
    await expect(german.getByRole('heading', { name: 'Was möchten Sie schenken?' })).toBeVisible();
  });
});

test('a shop that sells none says so, and doesn’t lead there', async ({ page, guard }) => {
  guard.allow(404);
  const { slug } = await openShop(page);
  await page.goto(`/${slug}`);
  await expect(page.getByRole('heading', { name: 'What would you like?' })).toBeVisible();
  await expect(page.getByRole('link', { name: /^Give a voucher/ })).toHaveCount(0);
  await page.goto(`/${slug}/gift`);
  await expect(page.getByRole('heading', { name: 'No vouchers at the moment' })).toBeVisible();
  await page.getByRole('link', { name: 'To the shop’s page' }).click();
  await expect(page).toHaveURL(new RegExp(`/${slug}$`));
});

test('a link that leads nowhere says where the code is', async ({ page, guard }) => {
  guard.allow(404);
  await page.goto('/g/oc_nothing');
  await expect(page.getByRole('heading', { name: 'Looking for a voucher?' })).toBeVisible();
});

test('what is sold on the page is said by the business, and two who change it don’t lose each other’s', async ({ page, guard }) => {
  guard.allow(412);
  await owner(page);
  await page.goto('/app/sold');
  await page.getByRole('link', { name: 'Sold on your page' }).click();
  await expect(page.getByRole('heading', { name: 'Do you sell vouchers on your page?' })).toBeFocused();
  await page.getByRole('switch', { name: 'Sell vouchers on my page' }).check();
  await expect(page.getByText('Vouchers are paid by card.')).toBeVisible();
  await page.getByRole('button', { name: 'Add an amount' }).click();
  await expect(page.getByLabel('Amount 1', { exact: true })).toBeFocused();
  await page.keyboard.type('100');
  await page.getByRole('button', { name: 'Add an amount' }).click();
  await page.keyboard.type('5');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Amount 2', { exact: true })).toBeFocused();
  await expect(page.getByText('This is outside of the least and the most below.')).toBeVisible();
  await page.getByLabel('Amount 2', { exact: true }).fill('50');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  // The smallest comes first.
  await expect(page.getByLabel('Amount 1', { exact: true })).toHaveValue('50');
  await expect(page.getByRole('link', { name: /\/gift$/ })).toBeVisible();

  // Somebody else is quicker.
  await sellOnline(page, { months: 24, amounts_minor: [5000, 10_000] });
  await page.getByLabel('The most').fill('300');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Load their change, keep mine' }).click();
  await expect(page.getByLabel('Good for how many months?')).toHaveValue('24');
  await expect(page.getByLabel('The most')).toHaveValue('300');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  expect(await call(page, 'GET', '/v1/voucher-offer')).toMatchObject({ offered: true, months: 24, most_minor: 30_000, amounts_minor: [5000, 10_000] });
});
