import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { book, shopOf, type Shop } from '../support/day';
import { plan } from '../support/menu';
import { connect, deposit, moneyOf, take } from '../support/money';
import { call, owner } from '../support/people';
import { bookedVisit, openShop } from '../support/shop';
import { customerOf, passKind, passOf, redeem, sellPass, sellVoucher, voucherOf } from '../support/sold';

const dollars = (minor: number) => `$${(minor / 100).toFixed(minor % 100 ? 2 : 0)}`;
const CODE = /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/;

/** The money of a visit, open before one. */
async function panelOf(page: Page, { day }: Shop, visit: string) {
  await page.goto(`/app/day/${day}?visit=${visit}`);
  const panel = page.getByRole('region', { name: 'Money' });
  await expect(panel.getByText('Costs')).toBeVisible();
  return panel;
}

/** Somebody who is known has a visit. */
const bookFor = (page: Page, { location, service, staff, slots }: Shop, at: number, customer: string): Promise<{ id: string }> =>
  call(page, 'POST', '/v1/appointments', {
    location: location.id,
    start: slots[at]?.start,
    wanted: { services: [{ service: service.id, staff: staff.id }] },
    customer: { id: customer },
  });

test('a voucher is sold, pays for two visits in parts, and what is left of it goes back', async ({ page }) => {
  await owner(page);
  const shop = await shopOf(page);
  const first = await book(page, shop, 0, 'Ines Duarte');
  const second = await book(page, shop, 4, 'Grace Hill');
  const { due_minor: due } = await moneyOf(page, first.id);
  const worth = due + 3000;

  await page.goto('/app/sold');
  await expect(page.getByText('No voucher was sold yet')).toBeVisible();
  await page.getByRole('link', { name: 'Sell a voucher' }).first().click();
  await expect(page.getByRole('heading', { name: 'What shall it be worth?' })).toBeFocused();
  await page.getByRole('button', { name: /^Take/ }).click();
  await expect(page.getByText('Please type an amount, such as 50.')).toBeVisible();
  await expect(page.getByLabel('Worth')).toBeFocused();
  await page.getByLabel('Worth').fill(String(worth / 100));
  await page.getByLabel('Their name').fill('Lea Martin');
  await page.getByLabel('A few words with it').fill('Happy birthday!');
  await page.getByRole('button', { name: `Take ${dollars(worth)} and sell it` }).click();
  await expect(page.getByRole('heading', { name: 'Here is the voucher' })).toBeFocused();
  const card = page.getByRole('region', { name: 'The voucher, as it is given' });
  await expect(card).toContainText('Lea Martin');
  await expect(card).toContainText('Happy birthday!');
  const code = (await card.getByText(CODE).textContent()) ?? '';

  // On paper is the card, and nothing of what stands around it.
  await page.emulateMedia({ media: 'print' });
  await expect(card.getByText(code)).toBeVisible();
  await expect(card.getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'To its page' })).toBeHidden();
  await page.emulateMedia({ media: 'screen' });

  // The first part, by keyboard, typed as people type.
  let panel = await panelOf(page, shop, first.id);
  await panel.getByRole('button', { name: 'Redeem a voucher' }).press('Enter');
  await expect(panel.getByRole('heading', { name: 'What is the voucher’s code?' })).toBeFocused();
  await panel.getByRole('textbox', { name: 'Code' }).fill('ABCD');
  await page.keyboard.press('Enter');
  await expect(panel.getByText('A code has sixteen letters and digits.')).toBeVisible();
  await expect(panel.getByRole('textbox', { name: 'Code' })).toBeFocused();
  await panel.getByRole('textbox', { name: 'Code' }).fill(code.toLowerCase().replaceAll('-', ' '));
  await page.keyboard.press('Enter');
  await expect(panel.getByText(`${dollars(worth)} left`)).toBeVisible();
  await expect(panel.getByLabel('Amount')).toBeFocused();
  await expect(panel.getByLabel('Amount')).toHaveValue(String(due / 100));
  await panel.getByLabel('Amount').fill(String(due / 100 + 1));
  await page.keyboard.press('Enter');
  await expect(panel.getByText(`${dollars(due)} at most.`)).toBeVisible();
  await panel.getByLabel('Amount').fill('20');
  await panel.getByRole('button', { name: 'Redeem $20' }).press('Enter');
  await expect(page.getByText('$20 paid by voucher.')).toBeVisible();
  await expect(panel.getByRole('heading', { name: 'Money' })).toBeFocused();
  expect(await moneyOf(page, first.id)).toMatchObject({ paid_minor: 2000, open_minor: due - 2000 });

  // The rest of that visit.
  await panel.getByRole('button', { name: 'Redeem a voucher' }).click();
  await panel.getByRole('textbox', { name: 'Code' }).fill(code);
  await panel.getByRole('button', { name: 'What is left of it?' }).click();
  await expect(panel.getByText(`${dollars(worth - 2000)} left`)).toBeVisible();
  await panel.getByRole('button', { name: `Redeem ${dollars(due - 2000)}` }).click();
  await expect(panel.getByText('Nothing is open.')).toBeVisible();
  await expect(panel.getByRole('list', { name: 'What was paid so far' }).getByText('Voucher')).toHaveCount(2);
  await expect(panel.getByRole('button', { name: 'Redeem a voucher' })).toHaveCount(0);

  // Another visit has what is left, but for ten.
  await redeem(page, second.id, code, 2000);
  await page.goto('/app/sold');
  await page.getByRole('search', { name: 'Find a voucher' }).getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Look it up' }).click();
  await expect(page.getByRole('heading', { name: 'For Lea Martin' })).toBeFocused();
  await expect(page.getByText('$10', { exact: true })).toBeVisible();
  const paid = page.getByRole('region', { name: 'What it paid' });
  await expect(paid.getByRole('link', { name: 'Ines Duarte' })).toHaveCount(2);
  await expect(paid.getByRole('link', { name: 'Grace Hill' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Show the code' }).click();
  await expect(page.getByText(code, { exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Give the rest back…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Give $10 back?' });
  await dialog.getByRole('button', { name: 'Give $10 back' }).click();
  await expect(dialog.getByText('Please say why.')).toBeVisible();
  await dialog.getByLabel('Why?').fill('They move away');
  await page.keyboard.press('Enter');
  await expect(page.getByText('$10 given back.', { exact: true })).toBeVisible();
  await expect(page.getByText('ended', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Give the rest back…' })).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'How it was bought' })).toContainText('They move away');

  // What was sold is money of today; what was redeemed stands apart from it.
  await page.goto('/app/payments/till');
  const came = page.getByRole('region', { name: 'What came in' });
  await expect(came.getByRole('list', { name: 'Paid before' })).toContainText(dollars(due + 2000));
  await expect(came.getByText('All in all')).toBeVisible();
  await expect(came).toContainText(dollars(worth - 1000));
});

test('a voucher that is no good pays for nothing, and says why', async ({ page, guard }) => {
  guard.allow(404, 409);
  await owner(page);
  const shop = await shopOf(page);
  const { id } = await book(page, shop, 0, 'Ines Duarte');
  const { code, voucher } = await sellVoucher(page, 1000);
  const panel = await panelOf(page, shop, id);
  await panel.getByRole('button', { name: 'Redeem a voucher' }).click();
  await panel.getByRole('textbox', { name: 'Code' }).fill('0000-0000-0000-0000');
  await page.keyboard.press('Enter');
  await expect(panel.getByText('There is no voucher with this code.')).toBeVisible();
  await panel.getByRole('textbox', { name: 'Code' }).fill(code);
  await page.keyboard.press('Enter');
  await expect(panel.getByText('$10 left')).toBeVisible();
  // Somebody gives it back meanwhile.
  await call(page, 'POST', `/v1/vouchers/${voucher.id}/refund`, { reason: 'Lost' });
  await panel.getByRole('button', { name: 'Redeem $10' }).click();
  await expect(panel.getByRole('alert')).toContainText('can\'t be used');
  expect((await moneyOf(page, id)).paid_minor).toBe(0);
  await panel.getByRole('button', { name: 'Back' }).click();
  await panel.getByRole('button', { name: 'Redeem a voucher' }).click();
  await panel.getByRole('textbox', { name: 'Code' }).fill(code);
  await page.keyboard.press('Enter');
  await expect(panel.getByText('This voucher isn’t good any more.')).toBeVisible();
});

test('what a voucher paid goes back on it, and what a pass paid goes back whole', async ({ page }) => {
  await owner(page);
  const shop = await shopOf(page);
  const customer = await customerOf(page, 'Mia Torres');
  const visit = await bookFor(page, shop, 0, customer.id);
  const sold = await sellVoucher(page, 5000);
  await redeem(page, visit.id, sold.code, 1500);
  let panel = await panelOf(page, shop, visit.id);
  await panel.getByRole('button', { name: /^Give back of \$15, Voucher/ }).click();
  await expect(panel.getByText('It goes back on the voucher at once.')).toBeVisible();
  await panel.getByLabel('Why?').fill('Mixed up');
  await page.keyboard.press('Enter');
  await expect(page.getByText('$15 given back.', { exact: true })).toBeVisible();
  expect((await voucherOf(page, sold.voucher.id)).left_minor).toBe(5000);

  const kind = await passKind(page, shop.service.id);
  const pass = await sellPass(page, kind.id, customer.id);
  panel = await panelOf(page, shop, visit.id);
  await panel.getByRole('button', { name: /^Use it Ten massages/ }).click();
  await expect(panel.getByText('Nothing is open.')).toBeVisible();
  await panel.getByRole('button', { name: /^Give back of .*, Pass/ }).click();
  await expect(panel.getByLabel('Amount')).toHaveCount(0);
  await panel.getByLabel('Why?').fill('They pay cash after all');
  await page.keyboard.press('Enter');
  await expect(panel.getByRole('button', { name: /^Use it/ })).toBeVisible();
  expect((await passOf(page, pass.id)).uses_left).toBe(10);
});

test('a pass is put on the menu, sold to a customer, and pays for their visit', async ({ page }) => {
  await owner(page);
  const shop = await shopOf(page);
  const customer = await customerOf(page, 'Mia Torres', { email: 'mia@example.com' });
  const visit = await bookFor(page, shop, 0, customer.id);

  await page.goto('/app/services');
  await page.getByRole('link', { name: 'Passes', exact: true }).click();
  await page.getByRole('link', { name: 'New pass' }).click();
  await page.getByRole('button', { name: 'Put it on the menu' }).click();
  await expect(page.getByText('Please choose at least one service.')).toBeVisible();
  await page.getByLabel('What is it called?').fill('Five visits');
  await page.getByLabel('What does it cost?').fill('400');
  await page.getByLabel('How often can it be used?').fill('5');
  await page.getByRole('checkbox', { name: shop.service.name }).check();
  await expect(page.getByText('$80 each time')).toBeVisible();
  await page.getByRole('button', { name: 'Put it on the menu' }).click();
  await expect(page.getByRole('link', { name: 'Five visits' })).toBeVisible();

  await page.goto(`/app/customers/${customer.id}`);
  await page.getByRole('link', { name: 'Sell a pass' }).click();
  await expect(page.getByText('Mia Torres')).toBeVisible();
  await page.getByText('Terminal').click();
  await page.getByRole('button', { name: 'Take $400 and sell it' }).click();
  await expect(page.getByRole('heading', { name: 'Five visits, of Mia Torres' })).toBeFocused();
  await expect(page.getByText('5 of 5')).toBeVisible();

  const panel = await panelOf(page, shop, visit.id);
  const passes = panel.getByRole('list', { name: 'Passes that pay for this' });
  await expect(passes).toContainText('5 uses left');
  await passes.getByRole('button', { name: `Use it Five visits, ${shop.service.name}` }).press('Enter');
  await expect(page.getByText('Five visits: 4 uses left')).toBeVisible();
  await expect(panel.getByText('Nothing is open.')).toBeVisible();
  await expect(passes).toHaveCount(0);

  // The customer's page leads to it, and the unused part goes back.
  await page.goto(`/app/customers/${customer.id}`);
  await page.getByRole('region', { name: 'What have they paid ahead?' }).getByRole('link', { name: 'Five visits' }).click();
  await expect(page.getByText('4 of 5')).toBeVisible();
  await expect(page.getByRole('region', { name: 'What it paid' }).getByRole('link', { name: 'Mia Torres' })).toBeVisible();
  await page.getByRole('button', { name: 'Give the rest back…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Give $320 back?' });
  await expect(dialog).toContainText('The 4 uses that are left');
  await dialog.getByLabel('Why?').fill('They move away');
  await dialog.getByRole('button', { name: 'Give $320 back' }).click();
  await expect(page.getByText('$320 given back.', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Give the rest back…' })).toHaveCount(0);

  // What was sold isn't deleted, but taken off the menu.
  await page.goto('/app/pass-kinds');
  await page.getByRole('link', { name: 'Five visits' }).click();
  await page.getByRole('button', { name: 'Take off the menu' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take it off' }).click();
  await expect(page.getByText('Five visits is off the menu.')).toBeVisible();
  await expect(page.getByText('What is off the menu?')).toBeVisible();
});

test('a membership is sold to a customer, renewed, and called off with some of it given back', async ({ page }) => {
  await owner(page);
  await plan(page, { name: 'Friends', period: 'month', price_minor: 4900 });
  const customer = await customerOf(page, 'Mia Torres', { email: 'mia@example.com' });
  await page.goto(`/app/customers/${customer.id}`);
  const members = page.getByRole('region', { name: 'Are they a member?' });
  await members.getByRole('link', { name: 'Sell a membership' }).click();
  await expect(page.getByText('Friends · $49 a month')).toBeAttached();
  await page.getByRole('button', { name: 'Take $49 and sell it' }).click();
  await expect(page.getByText('Mia Torres is a member now.')).toBeVisible();
  await expect(members.getByRole('listitem')).toHaveCount(1);
  await members.getByRole('button', { name: /^Renew Friends/ }).click();
  await page.getByRole('dialog', { name: 'Renew “Friends”?' }).getByRole('button', { name: 'Take $49 and sell it' }).click();
  await expect(members.getByRole('listitem')).toHaveCount(2);
  // The last one alone can be renewed.
  await expect(members.getByRole('button', { name: /^Renew/ })).toHaveCount(1);

  const later = members.getByRole('listitem').filter({ hasText: 'begins later' });
  await later.getByRole('button', { name: /^Call off/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Call “Friends” off now?' });
  await dialog.getByLabel('How much goes back?').fill('50');
  await dialog.getByRole('button', { name: 'Call it off' }).click();
  await expect(dialog.locator('.amiss').filter({ hasText: '$49 at most.' })).toBeVisible();
  await dialog.getByLabel('How much goes back?').fill('49');
  await dialog.getByLabel('Why?').fill('They move away');
  await dialog.getByRole('button', { name: 'Call it off' }).click();
  await expect(page.getByText('The membership is called off, and $49 given back.')).toBeVisible();
  await page.goto('/app/sold/memberships');
  await expect(page.getByRole('list', { name: 'Memberships' })).toContainText('$49 given back');
});

test('who has a voucher pays with it behind the visit’s link, by keyboard', async ({ page, another, guard }) => {
  // Stripe's pages have no picture of their own for the tab.
  guard.allow(404, 409);
  const desk = await another();
  let code = '';
  const { slug } = await openShop(desk, async (inside) => {
    await deposit(inside);
    await connect(inside);
    ({ code } = await sellVoucher(inside, 1000));
  });
  await page.goto('/sign-in');
  const path = await bookedVisit(page, slug);
  await page.goto(path);
  const own = page.getByRole('region', { name: 'Your payment' });
  await own.getByRole('button', { name: 'I have a voucher' }).press('Enter');
  await expect(own.getByRole('heading', { name: 'Pay with a voucher' })).toBeFocused();
  await own.getByLabel('The voucher’s code').fill('0000-0000-0000-0000');
  await page.keyboard.press('Enter');
  await expect(own.getByRole('alert')).toContainText('can\'t be used');
  await own.getByLabel('The voucher’s code').fill(code.toLowerCase());
  await page.keyboard.press('Enter');
  // It isn't worth the whole deposit: the rest is still to be paid.
  await expect(own.getByText('Your voucher was used.')).toBeVisible();
  await expect(own.getByText('to be paid now')).toBeVisible();
});

test('nobody sells or gives back what they may not', async ({ page }) => {
  await owner(page);
  const shop = await shopOf(page);
  const { id } = await book(page, shop, 0, 'Ines Duarte');
  const { voucher } = await sellVoucher(page, 5000);
  await take(page, id, { way: 'cash', amount_minor: 100 });
  await page.route('**/v1/me', async (route) => {
    const answer = await route.fetch();
    const me = (await answer.json()) as { memberships: { permissions: string[] }[] };
    for (const each of me.memberships) each.permissions = each.permissions.filter((right) => !['payment:take', 'payment:refund'].includes(right));
    await route.fulfill({ response: answer, json: me });
  });
  await page.goto('/app/sold');
  await expect(page.getByRole('list', { name: 'Vouchers' }).getByRole('link')).toHaveCount(1);
  await expect(page.getByRole('link', { name: 'Sell a voucher' })).toHaveCount(0);
  await expect(page.getByRole('search', { name: 'Find a voucher' })).toHaveCount(0);
  await page.goto(`/app/sold/vouchers/${voucher.id}`);
  await expect(page.getByRole('heading', { name: 'What is left of this voucher?' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Show the code' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Give the rest back…' })).toHaveCount(0);
  const panel = await panelOf(page, shop, id);
  await expect(panel.getByRole('button')).toHaveCount(0);
});
